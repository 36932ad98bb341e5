import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect } from 'react';
import type { Installation } from '../../contract/install.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ReachReport } from '../../contract/reach.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { Moment } from '../components/Moment.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark, type Tone } from '../components/StatusMark.tsx';
import { FixView } from '../fixes/FixView.tsx';
import { reachOf } from '../store/setupInstall.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { NetworkFix } from './NetworkFix.tsx';
import { ReachSideView } from './ReachSideView.tsx';
import { SeenByServer } from './SeenByServer.tsx';
import classes from './Setup.module.css';
import { installationOf } from './serverDraft.ts';
import { useServerDraft } from './useServerDraft.ts';

/** Whether both this app and the server's container get to the database, next to each other, and how the server does where it doesn't. */
export function ReachPanel({ instance, docker }: { instance: InstanceView; docker: DockerPlace }) {
  const view = useStore((state) => reachOf(state, instance.id));
  const operation = useStore((state) =>
    view.operationId === undefined ? undefined : state.operations[view.operationId],
  );
  const { draft, failure } = useServerDraft(instance, docker);
  const installation =
    draft === undefined ? undefined : installationOf(draft, docker, instance.setup?.source).installation;
  const known: Installation | undefined = instance.server === undefined ? installation : undefined;
  useEffect(() => {
    void useStore
      .getState()
      .loadReach(instance.id)
      .catch(() => undefined);
  }, [instance.id]);
  const possible = known !== undefined || instance.server !== undefined;
  const place = JSON.stringify(docker);
  // As they are when it is tried: a fix has just changed the networks.
  const again = useCallback(async () => {
    const { instances, tryReach } = useStore.getState();
    const now = instances.find(({ id }) => id === instance.id);
    const settings = now?.setup?.server;
    if (now?.server !== undefined) return tryReach(instance.id, undefined);
    if (settings === undefined) return;
    const { installation: wished } = installationOf(settings, JSON.parse(place) as DockerPlace, now?.setup?.source);
    if (wished !== undefined) await tryReach(instance.id, wished);
  }, [instance.id, place]);
  const { report } = view;
  const sum = report === undefined ? undefined : sumOf(report);
  return (
    <Panel
      title={
        sum === undefined ? (
          words('screen.reach.title')
        ) : (
          <StatusMark tone={sum.tone}>{words(`screen.reach.${sum.said}`)}</StatusMark>
        )
      }
      sub={words('screen.reach.sub')}
      actions={
        <Button
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={view.trying}
          disabled={!possible}
          onClick={() => void again()}
        >
          {words(report === undefined ? 'screen.reach.run' : 'screen.reach.again')}
        </Button>
      }
    >
      <div className={classes.group}>
        {failure !== undefined && <FailureView failure={failure} />}
        {view.failure !== undefined && <FailureView failure={view.failure} />}
        {view.trying && operation?.state === 'running' && <OperationBar operation={operation} />}
        {report === undefined && !view.trying && (
          <p className={classes.hint}>
            {words('screen.reach.never')}. {words('screen.reach.never-text')}
          </p>
        )}
        {report !== undefined && (
          <>
            <div className={classes.sides}>
              <ReachSideView name={words('screen.reach.app')} side={report.app} />
              <ReachSideView name={words('screen.reach.server')} side={report.server} />
            </div>
            <KeyValue
              rows={[
                [words('screen.reach.url'), <code key="url">{report.databaseUrl}</code>],
                [words('screen.reach.networks'), report.networks.join(', ')],
                [words('screen.checks.checked'), <Moment key="at" at={report.at} how="ago" />],
              ]}
            />
            {report.server.outcome === 'failed' && (
              <Advice instance={instance} docker={docker} report={report} again={again} />
            )}
          </>
        )}
        <SeenByServer key={JSON.stringify(instance.seenByServer)} instance={instance} onChanged={again} />
      </div>
    </Panel>
  );
}

function Advice({
  instance,
  docker,
  report,
  again,
}: {
  instance: InstanceView;
  docker: DockerPlace;
  report: ReachReport;
  again(): Promise<void>;
}) {
  const done = report.advice.flatMap((fix) => (fix.kind === 'network' ? [fix] : []));
  const copied = report.advice.filter((fix) => fix.kind !== 'network');
  if (report.advice.length === 0) return null;
  return (
    <div className={classes.group}>
      <p className={classes.label}>{words('screen.reach.advice')}</p>
      {done.map((fix) => (
        <NetworkFix key={fix.preview} instance={instance} docker={docker} fix={fix} onDone={again} />
      ))}
      {copied.length > 0 && <FixView fixes={copied} />}
    </div>
  );
}

function sumOf({ app, server }: ReachReport): {
  tone: Tone;
  said: 'ok' | 'app-only' | 'server-only' | 'neither' | 'title';
} {
  if (server.outcome === 'skipped') return { tone: app.outcome === 'reached' ? 'info' : 'bad', said: 'title' };
  if (server.outcome === 'reached') {
    return app.outcome === 'reached' ? { tone: 'ok', said: 'ok' } : { tone: 'warn', said: 'server-only' };
  }
  return { tone: 'bad', said: app.outcome === 'reached' ? 'app-only' : 'neither' };
}
