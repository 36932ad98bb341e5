import { Button } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useEffect } from 'react';
import { ask } from '../api.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { KeyValue } from '../components/KeyValue.tsx';
import { Panel } from '../components/Panel.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Settings.module.css';

/** Versions, and where the app keeps its files. */
export function AboutSection() {
  const info = useStore((state) => state.info);
  const loadApp = useStore((state) => state.loadApp);
  useEffect(() => {
    if (info === undefined) void loadApp();
  }, [info, loadApp]);
  if (info === undefined) return null;
  const rows = [
    [words('app.name'), info.version],
    ['Electron', info.electron],
    ['Chromium', info.chrome],
    ['Node', info.node],
    [words('screen.about.data'), <code key="folder">{info.dataFolder}</code>],
  ] as const;
  return (
    <Panel
      title={words('screen.about.title')}
      actions={
        <>
          <CopyButton
            label={words('screen.about.copy')}
            text={[
              `${words('app.name')} ${info.version}`,
              `Electron ${info.electron}, Chromium ${info.chrome}, Node ${info.node}`,
              info.platform,
            ].join('\n')}
          />
          <Button leftSection={<IconFolder size={16} aria-hidden />} onClick={() => void ask('app.showDataFolder')}>
            {words('screen.settings.show-folder')}
          </Button>
        </>
      }
    >
      <KeyValue rows={rows} />
      {info.electronEndOfLife && (
        <div className={classes.note}>
          <StatusMark tone="warn">{words('screen.about.end-of-life')}</StatusMark>
          <p>{words('screen.about.end-of-life-text')}</p>
        </div>
      )}
    </Panel>
  );
}
