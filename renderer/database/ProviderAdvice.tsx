import type { ProviderId } from '../../contract/connection.ts';
import { Panel } from '../components/Panel.tsx';
import { words } from '../words.ts';
import { providerAdvice } from './providerAdvice.ts';
import classes from './Report.module.css';

/** What is particular about the place where this database runs. */
export function ProviderAdvice({ provider }: { provider: ProviderId }) {
  const advice = providerAdvice(provider);
  if (advice.length === 0) return null;
  return (
    <Panel title={words('screen.advice.title', { provider: words(`screen.provider.${provider}`) })}>
      <ul className={classes.advice}>
        {advice.map((key) => (
          <li key={key}>{words(key)}</li>
        ))}
      </ul>
    </Panel>
  );
}
