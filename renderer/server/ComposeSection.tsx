import { Button } from '@mantine/core';
import { IconFileCode, IconRefresh } from '@tabler/icons-react';
import type { InstanceView } from '../../contract/instance.ts';
import { environmentFileName } from '../../contract/serverSettings.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { words } from '../words.ts';
import { Reading } from './Reading.tsx';
import classes from './Server.module.css';
import { useServerFiles } from './useServerFiles.ts';

/** The compose file and its `.env`, read-only. */
export function ComposeSection({ instance }: { instance: InstanceView }) {
  const { state, read } = useServerFiles(instance.id);
  const again = (
    <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={read}>
      {words('screen.server.look-again')}
    </Button>
  );
  if (state.kind === 'reading') return <Reading />;
  if (state.kind === 'failed') {
    return (
      <Panel>
        <FailureView failure={state.failure} actions={again} />
      </Panel>
    );
  }
  const { files } = state;
  if (files === null) {
    return (
      <Panel flush>
        <EmptyState icon={IconFileCode} title={words('screen.server.compose.none')} actions={again}>
          {words('screen.server.compose.none-text')}
        </EmptyState>
      </Panel>
    );
  }
  const environmentPath = `${files.path.slice(0, files.path.lastIndexOf('/') + 1)}${environmentFileName}`;
  return (
    <div className={classes.stack}>
      <Panel
        title={words('screen.server.section.compose')}
        sub={words('screen.server.compose.text')}
        actions={
          <>
            {again}
            <CopyButton text={files.compose} />
          </>
        }
      >
        <div className={classes.file}>
          <span className={classes.path}>{files.path}</span>
          <CopyButton subtle text={files.path} label={words('screen.server.compose.copy-path')} />
        </div>
        <div className={classes.tall}>
          <Snippet text={files.compose} label={files.path} />
        </div>
      </Panel>
      {files.env !== '' && (
        <Panel title={words('screen.server.compose.environment')} sub={environmentPath}>
          <Snippet text={files.env} label={environmentPath} />
        </Panel>
      )}
    </div>
  );
}
