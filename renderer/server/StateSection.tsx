import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ServerStatus } from '../../contract/server.ts';
import { Banner } from '../components/Banner.tsx';
import { KeyValue } from '../components/KeyValue.tsx';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView, ProblemView } from '../components/ProblemView.tsx';
import { formatDuration } from '../format/duration.ts';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { ResourceUseView } from './ResourceUseView.tsx';
import classes from './Server.module.css';
import { StartedList } from './StartedList.tsx';
import { serverLine } from './serverLine.ts';
import { useDockerHost } from './useDockerHost.ts';
import { useStale } from './useServerWatch.ts';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What the server is like: the answer first, why if it is not good, what is there and what is missing, what it uses. */
export function StateSection({ instance }: { instance: InstanceView }) {
  const { status, lookedAt, failure, looking, otherDatabase } = useStore((state) => serverOf(state, instance.id));
  const stale = useStale(lookedAt);
  if (status === undefined || lookedAt === undefined) {
    return failure === undefined ? (
      <Banner tone="busy" title={words('screen.server.state.looking')}>
        {words('screen.server.state.looking-more')}
      </Banner>
    ) : (
      <Panel>
        <FailureView failure={failure} actions={<LookAgain instanceId={instance.id} looking={looking} />} />
      </Panel>
    );
  }
  const line = serverLine(status);
  const old = stale || failure !== undefined;
  const time = clock.format(new Date(lookedAt));
  return (
    <div className={classes.stack}>
      <div className={classes.lead}>
        {otherDatabase !== undefined && (
          <Banner
            tone="warn"
            title={words('screen.server.find.other')}
            actions={
              <Button onClick={() => useStore.getState().dismissOtherDatabase(instance.id)}>
                {words('screen.not-kept.dismiss')}
              </Button>
            }
          >
            {words('screen.server.find.other-text', { database: otherDatabase })}
          </Banner>
        )}
        <Banner
          tone={old ? 'quiet' : line.tone}
          title={say(line.title)}
          actions={<LookAgain instanceId={instance.id} looking={looking && old} />}
        >
          {line.more !== undefined && `${say(line.more)} `}
          {line.at !== undefined && (
            <Since at={line.at} running={status.state.kind === 'running'} lookedAt={lookedAt} />
          )}
          {words(old ? 'screen.server.looked-before' : 'screen.server.looked', { time })}
        </Banner>
        {failure !== undefined && (
          <Panel>
            <FailureView failure={failure} />
          </Panel>
        )}
        {status.problem !== undefined && (
          <Panel>
            <ProblemView problem={status.problem} />
          </Panel>
        )}
      </div>
      <div className={classes.halves}>
        <Panel flush title={words('screen.server.started.title')} sub={words('screen.server.started.sub')}>
          <StartedList status={status} />
        </Panel>
        <Panel title={words('screen.server.facts')}>
          <ContainerFacts instance={instance} status={status} />
        </Panel>
      </div>
      <ResourceUseView instance={instance} />
    </div>
  );
}

/** For how long it was up when it was looked at, or when it ended. */
function Since({ at, running, lookedAt }: { at: string; running: boolean; lookedAt: number }) {
  if (running) return `${words('screen.server.state.up', { time: formatDuration(lookedAt - Date.parse(at)) })} `;
  return (
    <>
      {words('screen.server.state.at')} <Moment at={at} how="ago" />.{' '}
    </>
  );
}

function LookAgain({ instanceId, looking }: { instanceId: string; looking: boolean }) {
  return (
    <Button
      leftSection={<IconRefresh size={16} aria-hidden />}
      loading={looking}
      onClick={() => void useStore.getState().lookAtServer(instanceId, false)}
    >
      {words('screen.server.look-again')}
    </Button>
  );
}

function ContainerFacts({ instance, status }: { instance: InstanceView; status: ServerStatus }) {
  const { container, state, health, ports, networks, migrationsOnStart } = status;
  const host = useDockerHost(instance.server?.docker);
  const known = container.image !== undefined;
  return (
    <KeyValue
      rows={[
        [
          words('screen.server.fact.name'),
          <span key="name" className={classes.code}>
            {container.name}
          </span>,
        ],
        [words('screen.server.fact.docker'), host],
        [words('screen.server.fact.image'), known && <span className={classes.code}>{container.image}</span>],
        [words('screen.server.fact.version'), 'version' in health ? health.version : undefined],
        [words('screen.server.fact.made'), container.createdAt && <Moment at={container.createdAt} />],
        [words('screen.server.fact.since'), state.kind === 'running' && <Moment at={state.since} />],
        [words('screen.server.fact.restarts'), 'restarts' in state ? String(state.restarts) : undefined],
        [
          words('screen.server.fact.ports'),
          ports
            .map(({ inside, host: address, port }) =>
              words('screen.server.fact.port', {
                inside,
                port,
                host: address === '0.0.0.0' ? words('screen.server.fact.all-addresses') : address,
              }),
            )
            .join(', '),
        ],
        [words('screen.server.fact.networks'), networks.join(', ')],
        [words('screen.server.fact.url'), instance.server?.url],
        [
          words('screen.server.fact.migrations'),
          known && words(migrationsOnStart ? 'screen.server.fact.on' : 'screen.server.fact.off'),
        ],
      ]}
    />
  );
}
