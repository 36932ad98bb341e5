import { Button } from '@mantine/core';
import { IconFileSearch, IconServer2 } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { ArchiveInspection, ServerBackup, ServerBackups } from '../../contract/backup.ts';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { ask } from '../api.ts';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusIcon, StatusMark, type Tone } from '../components/StatusMark.tsx';
import { formatBytes } from '../format/bytes.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Backups.module.css';
import { InspectionView } from './InspectionView.tsx';

/** Dumps that the app did not make: the server's own, and any file. Each is read to its end before it is called good. */
export function OtherDumps({ instance }: { instance: InstanceView }) {
  return (
    <div className={classes.stack}>
      <Inspect />
      {instance.server !== undefined && <OfServer instance={instance} />}
    </div>
  );
}

function Inspect() {
  const [found, setFound] = useState<ArchiveInspection>();
  const inspect = useAction(
    useCallback(async () => {
      const dump = await ask('backups.inspect');
      if (dump !== null) setFound(dump);
    }, []),
  );
  return (
    <>
      <Panel
        title={words('screen.backups.inspect')}
        sub={words('screen.backups.inspect.sub')}
        actions={
          <Button
            leftSection={<IconFileSearch size={16} aria-hidden />}
            loading={inspect.pending}
            onClick={() => void inspect.run()}
          >
            {words('screen.choose-file')}
          </Button>
        }
      >
        {inspect.pending && (
          <p className={classes.quiet} role="status">
            {words('screen.backups.inspect.reading')}
          </p>
        )}
        {inspect.failure !== undefined && <FailureView failure={inspect.failure} />}
        {!inspect.pending && inspect.failure === undefined && found === undefined && (
          <p className={classes.quiet}>{words('screen.backups.inspect.kinds')}</p>
        )}
        {!inspect.pending && found !== undefined && <p className={classes.path}>{found.path}</p>}
      </Panel>
      {!inspect.pending && found !== undefined && <InspectionView dump={found} />}
    </>
  );
}

const tones: Record<ServerBackup['state'], Exclude<Tone, 'busy'>> = {
  readable: 'ok',
  empty: 'bad',
  truncated: 'bad',
  'not-an-archive': 'bad',
  unread: 'warn',
};

function OfServer({ instance }: { instance: InstanceView }) {
  const [found, setFound] = useState<ServerBackups>();
  const look = useAction(
    useCallback(async () => setFound(await ask('backups.ofServer', { instanceId: instance.id })), [instance.id]),
  );
  const bad = found?.backups.filter(({ state }) => tones[state] === 'bad').length ?? 0;
  return (
    <Panel
      flush
      title={words('screen.backups.server')}
      sub={
        found === undefined
          ? words('screen.backups.server.sub')
          : words('screen.backups.server.found', { count: found.backups.length, bad })
      }
      actions={
        <Button
          leftSection={<IconServer2 size={16} aria-hidden />}
          loading={look.pending}
          onClick={() => void look.run()}
        >
          {words(found === undefined ? 'screen.backups.server.look' : 'screen.server.look-again')}
        </Button>
      }
    >
      {look.pending && (
        <p className={`${classes.inset} ${classes.quiet}`} role="status">
          {words('screen.backups.server.reading')}
        </p>
      )}
      {look.failure !== undefined && (
        <div className={classes.inset}>
          <FailureView failure={look.failure} />
        </div>
      )}
      {found !== undefined && found.warnings.length > 0 && (
        <ul className={`${classes.warnings} ${classes.inset}`}>
          {found.warnings.map((warning) => (
            <li key={say(warning)}>
              <StatusIcon tone="warn" size={16} />
              {say(warning)}
            </li>
          ))}
        </ul>
      )}
      {found !== undefined && (
        <ul aria-label={words('screen.backups.server')}>
          {found.backups.map((backup) => (
            <li key={backup.path} className={classes.row}>
              <div>
                <span className={classes.path}>{backup.name}</span>
                <p className={classes.quiet}>
                  {formatBytes(backup.bytes)} · <Moment at={backup.modifiedAt} />
                </p>
              </div>
              <StatusMark tone={tones[backup.state]}>{words(`screen.backups.server.${backup.state}`)}</StatusMark>
              {backup.detail !== undefined && <p className={classes.path}>{backup.detail}</p>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
