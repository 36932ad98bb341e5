import { Button } from '@mantine/core';
import { IconFolderOpen, IconShieldCheck } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import type { BackupVerification } from '../../contract/backup.ts';
import type { ListedBackup } from '../../contract/backupChannels.ts';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { ask } from '../api.ts';
import { Banner } from '../components/Banner.tsx';
import { CopyButton } from '../components/CopyButton.tsx';
import { Moment, useNow } from '../components/Moment.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { formatMoment } from '../format/moment.ts';
import { places } from '../shell/places.ts';
import { backupsOf } from '../store/backups.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { BackupFacts } from './BackupFacts.tsx';
import classes from './Backups.module.css';
import { fileName, madeAt, stateOf } from './backupLine.ts';
import { RemoveBackup } from './RemoveBackup.tsx';

/** One backup: whether it can be relied on, what is in it, and what can be done with it. */
export function BackupDetail({
  instance,
  backupId,
  running,
}: {
  instance: InstanceView;
  backupId: string;
  running: readonly OperationView[];
}) {
  const [, go] = useLocation();
  const now = useNow();
  const { list, failure } = useStore((state) => backupsOf(state, instance.id));
  const backup = list?.find(({ id }) => id === backupId);
  const back = <Button onClick={() => go(places.backups)}>{words('screen.back')}</Button>;
  if (backup === undefined) {
    return (
      <>
        <PageHead
          title={words('screen.backups.title')}
          sub={words(list === undefined && failure === undefined ? 'screen.loading' : 'screen.backups.gone')}
          actions={back}
        />
        {failure !== undefined && (
          <Panel>
            <FailureView failure={failure} />
          </Panel>
        )}
      </>
    );
  }
  const when = formatMoment(new Date(madeAt(backup)), now);
  return (
    <>
      <PageHead
        title={backup.label ?? words('screen.backups.of', { when })}
        sub={fileName(backup.where.path)}
        actions={back}
      />
      <div className={classes.stack}>
        {running.map((operation) => (
          <OperationBar key={operation.id} operation={operation} />
        ))}
        <div className={classes.lead}>
          <Verdict verification={backup.verification} />
        </div>
        <Actions instance={instance} backup={backup} busy={running.length > 0} />
        <BackupFacts instance={instance} backup={backup} />
      </div>
    </>
  );
}

function Verdict({ verification }: { verification: BackupVerification }) {
  const { tone, word } = stateOf(verification);
  return (
    <Banner tone={tone} title={say(word)}>
      {verification.state === 'verified' && (
        <>
          {words('screen.backups.verified-text')} <Moment at={verification.at} how="ago" />.
        </>
      )}
      {verification.state === 'unverified' && words('screen.backups.unverified-text')}
      {verification.state === 'damaged' && (
        <>
          {words('screen.backups.damaged-text', { why: words(`cli.backup.why.${verification.why}`) })}
          {verification.detail !== undefined && <span className={classes.detail}>{verification.detail}</span>}
        </>
      )}
    </Banner>
  );
}

/** What can be done with a backup, the most useful first. A restore has its place before these. */
function Actions({ instance, backup, busy }: { instance: InstanceView; backup: ListedBackup; busy: boolean }) {
  const { id, where, verification } = backup;
  const verify = useAction(useCallback(() => ask('backups.verify', { backupId: id }), [id]));
  const show = useAction(useCallback(() => ask('backups.showInFolder', { backupId: id }), [id]));
  const gone = verification.state === 'damaged' && verification.why === 'missing';
  const failure = verify.failure ?? show.failure;
  return (
    <Panel>
      <div className={classes.actions}>
        {!gone && (
          <>
            <Button
              leftSection={<IconShieldCheck size={16} aria-hidden />}
              loading={verify.pending}
              disabled={busy}
              onClick={() => void verify.run()}
            >
              {words('screen.backups.verify')}
            </Button>
            <Button leftSection={<IconFolderOpen size={16} aria-hidden />} onClick={() => void show.run()}>
              {words('screen.backups.show')}
            </Button>
          </>
        )}
        <CopyButton text={where.path} label={words('screen.server.compose.copy-path')} />
        <span className={classes.grow} />
        {backup.removable ? (
          <RemoveBackup instance={instance} backup={backup} disabled={busy} />
        ) : (
          <span className={classes.quiet}>{words('screen.backups.stays')}</span>
        )}
      </div>
      {failure !== undefined && <FailureView failure={failure} />}
    </Panel>
  );
}
