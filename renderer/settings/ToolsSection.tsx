import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect } from 'react';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Settings.module.css';

/** Programs of this computer that the app can use, and where it found them. */
export function ToolsSection() {
  const tools = useStore((state) => state.tools);
  const findTools = useStore((state) => state.findTools);
  const find = useAction(useCallback(() => findTools(), [findTools]));
  const { run } = find;
  useEffect(() => {
    void run();
  }, [run]);
  return (
    <Panel
      flush
      title={words('screen.tools.title')}
      sub={words('screen.tools.sub')}
      actions={
        <Button leftSection={<IconRefresh size={16} aria-hidden />} loading={find.pending} onClick={() => void run()}>
          {words('screen.tools.again')}
        </Button>
      }
    >
      {find.failure !== undefined && (
        <div className={classes.inset}>
          <FailureView failure={find.failure} />
        </div>
      )}
      {tools?.map((tool) => (
        <div key={`${tool.tool} ${tool.path ?? ''}`} className={classes.row}>
          <div>
            <strong className="mono">{tool.tool}</strong>
            <p>{tool.path ?? words('screen.tools.missing-text')}</p>
          </div>
          {tool.path === undefined ? (
            <StatusMark tone="quiet">{words('screen.tools.missing')}</StatusMark>
          ) : (
            <StatusMark tone="ok">{tool.version ?? words('screen.tools.found')}</StatusMark>
          )}
        </div>
      ))}
    </Panel>
  );
}
