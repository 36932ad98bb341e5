import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { RecentActivity } from '../activity/RecentActivity.tsx';
import { BackUpNowButton } from '../backups/BackUpNowButton.tsx';
import { Banner } from '../components/Banner.tsx';
import { LinkButton } from '../components/FactCard.tsx';
import { Moment } from '../components/Moment.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { ProblemView } from '../components/ProblemView.tsx';
import { serverLine } from '../server/serverLine.ts';
import { useStale } from '../server/useServerWatch.ts';
import { places, setupPlace } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { connectionOf } from '../store/connections.ts';
import { isReachable, selectedInstance } from '../store/instances.ts';
import { newestFirst } from '../store/operations.ts';
import { refreshInstance } from '../store/refresh.ts';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { health } from './health.ts';
import classes from './Overview.module.css';
import { OverviewCards } from './OverviewCards.tsx';

/** Is it all right? The answer first, a card for each thing that is known, then what was done lately. */
export function OverviewPage() {
  const instance = useStore(selectedInstance);
  return instance === undefined ? null : <InstanceOverview key={instance.id} instance={instance} />;
}

function InstanceOverview({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const checks = useStore((state) => checksOf(state, instance.id));
  const connection = useStore((state) => connectionOf(state, instance.id));
  const server = useStore((state) => serverOf(state, instance.id));
  const serverStale = useStale(server.lookedAt, 45_000);
  const operations = useStore((state) => state.operations);
  const problem = useStore((state) => state.instancesProblem);
  const { loadOperations, loadSshHosts, runChecks } = useStore.getState();
  useEffect(() => {
    void refreshInstance(useStore.getState, instance.id);
    void loadOperations();
    void loadSshHosts().catch(() => undefined);
  }, [instance.id, loadOperations, loadSshHosts]);
  const { running, recent } = useMemo(() => {
    const own = newestFirst(operations).filter((operation) => operation.subject.instanceId === instance.id);
    return {
      running: own.filter((operation) => operation.state === 'running'),
      recent: own.filter((operation) => operation.state !== 'running').slice(0, 5),
    };
  }, [operations, instance.id]);
  const state = health(instance, {
    report: checks.report,
    connectionFailed: connection.report?.outcome === 'failed',
    checksFailed: checks.failure !== undefined,
    ...(server.status === undefined || serverStale ? {} : { server: serverLine(server.status) }),
    busy: checks.run !== undefined || connection.testing,
    loaded: checks.loaded,
  });
  const actions = {
    'continue-setup': () => go(setupPlace(instance.id, instance.setup?.step ?? 'connection')),
    'see-checks': () => go(places.database),
    'see-connection': () => go(places.database),
    'see-server': () => {
      useStore.getState().openServerSection('state');
      go(places.server);
    },
    'run-checks': () => void runChecks(instance.id),
  };
  const { action } = state;
  return (
    <>
      <PageHead
        title={instance.name}
        sub={<OverviewSub instance={instance} />}
        actions={
          isReachable(instance) && (
            <>
              <Button
                leftSection={<IconRefresh size={16} aria-hidden />}
                loading={checks.run !== undefined}
                onClick={actions['run-checks']}
              >
                {words('screen.overview.run-checks')}
              </Button>
              {instance.kind !== 'practice' && instance.setup === undefined && (
                <BackUpNowButton
                  instance={instance}
                  busy={running.some(({ kind }) => kind.startsWith('backup'))}
                  onStart={() => {
                    useStore.getState().openBackupSection('list');
                    go(places.backups);
                  }}
                />
              )}
            </>
          )
        }
      />
      {problem !== undefined && (
        <div className={classes.bars}>
          <Panel>
            <ProblemView problem={problem} />
          </Panel>
        </div>
      )}
      {running.length > 0 && (
        <div className={classes.bars}>
          {running.map((operation) => (
            <OperationBar key={operation.id} operation={operation} />
          ))}
        </div>
      )}
      <Banner
        tone={state.tone}
        title={say(state.line)}
        actions={action && <Button onClick={actions[action]}>{words(`screen.overview.action.${action}`)}</Button>}
      >
        {say(state.more)}{' '}
        {checks.report !== undefined && (
          <>
            {words('screen.overview.checked')} <Moment at={checks.report.at} how="ago" />.
          </>
        )}
      </Banner>
      {isReachable(instance) && <OverviewCards instance={instance} />}
      <div className={classes.columns}>
        <Panel
          flush
          title={words('screen.overview.recent')}
          actions={<LinkButton onClick={() => go(places.activity)}>{words('screen.overview.all-activity')}</LinkButton>}
        >
          <RecentActivity operations={recent} />
        </Panel>
      </div>
    </>
  );
}

function OverviewSub({ instance }: { instance: InstanceView }) {
  const { route } = instance;
  const host = useStore((state) =>
    route.kind === 'ssh' ? state.sshHosts.find((one) => one.id === route.sshHostId)?.name : undefined,
  );
  const address = instance.connection?.hosts[0]?.host;
  if (instance.kind === 'practice') return <>{words('screen.overview.sub-practice')}</>;
  if (address === undefined) return <>{words('screen.overview.sub-none')}</>;
  return (
    <>
      {host === undefined
        ? words('screen.overview.sub-direct', { host: address })
        : words('screen.overview.sub-ssh', { host: address, ssh: host })}
    </>
  );
}
