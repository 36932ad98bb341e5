import type { PullLayer, PullProgress } from '../../contract/install.ts';
import type { OperationView } from '../../contract/operation.ts';
import { Panel } from '../components/Panel.tsx';
import { formatBytes } from '../format/bytes.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** The image's layers while it is pulled, each with how far it is. */
export function PullLayers({ operation }: { operation: OperationView }) {
  const pull = useStore((state) => state.pulls[operation.id]);
  if (pull === undefined || pull.layers.length === 0) return null;
  const done = pull.layers.filter(({ state }) => state === 'done' || state === 'there').length;
  return (
    <Panel
      title={words('screen.install.pull', { image: pull.image })}
      sub={words('screen.install.pull-line', { done, total: pull.layers.length })}
    >
      <Layers pull={pull} />
    </Panel>
  );
}

function Layers({ pull }: { pull: PullProgress }) {
  return (
    <ul className={classes.layers} aria-label={words('screen.install.pull', { image: pull.image })}>
      {pull.layers.map((layer) => (
        <li key={layer.id}>
          <code>{layer.id}</code>
          <span className={classes.layerBar} aria-hidden>
            <span style={{ transform: `scaleX(${share(layer)})` }} />
          </span>
          <span className={classes.layerState}>{line(layer)}</span>
        </li>
      ))}
    </ul>
  );
}

function share({ state, doneBytes, totalBytes }: PullLayer): number {
  if (state === 'done' || state === 'there') return 1;
  return doneBytes === undefined || totalBytes === undefined || totalBytes === 0
    ? 0
    : Math.min(1, doneBytes / totalBytes);
}

function line({ state, doneBytes, totalBytes }: PullLayer): string {
  const said = words(`screen.install.layer.${state}`);
  if (doneBytes === undefined || totalBytes === undefined || state === 'done' || state === 'there') return said;
  return `${said} ${words('screen.install.pull-bytes', { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })}`;
}
