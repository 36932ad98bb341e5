import { Button } from '@mantine/core';
import { problemText } from '../../contract/copy/problemText.ts';
import { Banner } from '../components/Banner.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** Says that a secret which was to be remembered is known for this session only, and why. */
export function NotKeptStrip() {
  const notKept = useStore((state) => state.notKept);
  const dismiss = useStore((state) => state.dismissNotKept);
  return notKept.map(({ label, problem }) => (
    <Banner
      key={label}
      tone="warn"
      title={words('screen.not-kept.title', { label })}
      actions={
        <Button variant="default" onClick={() => dismiss(label)}>
          {words('screen.not-kept.dismiss')}
        </Button>
      }
    >
      {words('screen.not-kept.text', { reason: problemText(problem).cause })}
    </Banner>
  ));
}
