import { Tabs } from '@mantine/core';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import { OperationBar } from '../components/OperationBar.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { selectedInstance } from '../store/instances.ts';
import { newestFirst } from '../store/operations.ts';
import { type ServerSection, serverSections } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { NoServer } from './NoServer.tsx';
import classes from './Server.module.css';
import { ServerButtons } from './ServerButtons.tsx';
import { StateSection } from './StateSection.tsx';
import { useDockerHost } from './useDockerHost.ts';
import { useServerWatch } from './useServerWatch.ts';

const LogSection = lazy(async () => ({ default: (await import('./log/LogSection.tsx')).LogSection }));
const SettingsSection = lazy(async () => ({ default: (await import('./SettingsSection.tsx')).SettingsSection }));
const NetworksSection = lazy(async () => ({ default: (await import('./NetworksSection.tsx')).NetworksSection }));
const ComposeSection = lazy(async () => ({ default: (await import('./ComposeSection.tsx')).ComposeSection }));

const sections = {
  state: StateSection,
  logs: LogSection,
  settings: SettingsSection,
  networks: NetworksSection,
  compose: ComposeSection,
} as const;

/** The server's container: is it up, what does it say, how is it set, in which networks, from which file. */
export function ServerPage() {
  const instance = useStore(selectedInstance);
  return instance?.server === undefined ? (
    <NoServer key={instance?.id} instance={instance} />
  ) : (
    <InstanceServer key={instance.id} instance={instance} />
  );
}

function InstanceServer({ instance }: { instance: InstanceView }) {
  const section = useStore((state) => state.serverSection);
  const { openServerSection, loadOperations, loadSshHosts, lookAtServer } = useStore.getState();
  const operations = useStore((state) => state.operations);
  const running = useMemo(
    () =>
      newestFirst(operations).filter(
        ({ subject, state, kind }) =>
          subject.instanceId === instance.id &&
          state === 'running' &&
          (kind.startsWith('server-') || kind === 'install'),
      ),
    [operations, instance.id],
  );
  useServerWatch(instance.id, section === 'state');
  useEffect(() => {
    void loadOperations();
    void loadSshHosts().catch(() => undefined);
  }, [loadOperations, loadSshHosts]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has just ended has changed the server.
  useEffect(() => {
    void lookAtServer(instance.id, false);
  }, [running.length, instance.id, lookAtServer]);
  const sub = useServerPlace(instance);
  return (
    <>
      <PageHead
        title={words('screen.server.title')}
        sub={sub}
        actions={<ServerButtons instance={instance} busy={running.some(({ kind }) => kind !== 'server-log-save')} />}
      />
      {running.length > 0 && (
        <div className={classes.bars}>
          {running.map((operation) => (
            <OperationBar key={operation.id} operation={operation} />
          ))}
        </div>
      )}
      <Tabs
        value={section}
        onChange={(value) => {
          const chosen = serverSections.find((one) => one === value);
          if (chosen !== undefined) openServerSection(chosen);
        }}
        keepMounted={false}
      >
        <Tabs.List aria-label={words('screen.server.sections')} className={classes.tabs}>
          {serverSections.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {words(`screen.server.section.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {serverSections.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Suspense fallback={null}>
              <Section section={one} instance={instance} />
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function Section({ section, instance }: { section: ServerSection; instance: InstanceView }) {
  const Part = sections[section];
  return <Part instance={instance} />;
}

/** "aperture on nas.lan" */
function useServerPlace({ server }: InstanceView): string {
  const host = useDockerHost(server?.docker);
  return words('screen.server.sub', { container: server?.container ?? '', host });
}
