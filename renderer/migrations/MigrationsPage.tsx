import { Button, Tabs } from '@mantine/core';
import { IconPlayerPlay, IconPlugConnected, IconTestPipe } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { setupPlace } from '../shell/places.ts';
import { isReachable, selectedInstance } from '../store/instances.ts';
import { type MigrationsSection, migrationsOf, migrationsSections } from '../store/migrations.ts';
import { newestFirst } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { EntryList } from './EntryList.tsx';
import { LastOutcome } from './LastOutcome.tsx';
import classes from './Migrations.module.css';
import { RunningMigration } from './RunningMigration.tsx';
import { StatusSummary } from './StatusSummary.tsx';

const PreviewSection = lazy(async () => ({ default: (await import('./PreviewSection.tsx')).PreviewSection }));
const LedgerQuery = lazy(async () => ({ default: (await import('./LedgerQuery.tsx')).LedgerQuery }));
const WhoSection = lazy(async () => ({ default: (await import('./WhoSection.tsx')).WhoSection }));
const RunSection = lazy(async () => ({ default: (await import('./RunSection.tsx')).RunSection }));

const sections = { list: EntryList, preview: PreviewSection, query: LedgerQuery, who: WhoSection } as const;

/** What is applied and what is pending, what that would do, and doing it. */
export function MigrationsPage() {
  const instance = useStore(selectedInstance);
  if (instance === undefined) return null;
  return isReachable(instance) ? (
    <InstanceMigrations key={instance.id} instance={instance} />
  ) : (
    <NoDatabase instance={instance} />
  );
}

function NoDatabase({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  return (
    <>
      <PageHead title={words('screen.migrations.title')} sub={instance.name} />
      <Panel flush>
        <EmptyState
          icon={IconPlugConnected}
          title={words('screen.database.none')}
          actions={
            <Button variant="filled" onClick={() => go(setupPlace(instance.id, 'connection'))}>
              {words('screen.overview.action.continue-setup')}
            </Button>
          }
        >
          {words('screen.migrations.no-database')}
        </EmptyState>
      </Panel>
    </>
  );
}

function InstanceMigrations({ instance }: { instance: InstanceView }) {
  const { id } = instance;
  const section = useStore((state) => state.migrationsSection);
  const { status, notBegun } = useStore((state) => migrationsOf(state, id));
  const { openMigrationsSection, lookAtMigrations, lookAtServer, rehearseMigrations, loadOperations, loadSshHosts } =
    useStore.getState();
  const operations = useStore((state) => state.operations);
  const running = useMemo(
    () =>
      newestFirst(operations).filter(
        ({ subject, state, kind }) =>
          subject.instanceId === id && state === 'running' && (kind === 'migrate' || kind === 'rehearse'),
      ),
    [operations, id],
  );
  // Whoever has to be asked for the password begins by themselves.
  const quiet = instance.kind === 'practice' || instance.password !== 'none';
  useEffect(() => {
    void loadOperations();
    void loadSshHosts().catch(() => undefined);
  }, [loadOperations, loadSshHosts]);
  useEffect(() => {
    // What has just ended has changed what is applied.
    if (quiet && running.length === 0) void lookAtMigrations(id);
  }, [running.length, id, quiet, lookAtMigrations]);
  const linked = instance.server !== undefined;
  const migrating = running.some(({ kind }) => kind === 'migrate');
  useEffect(() => {
    if (linked && !migrating) void lookAtServer(id, false);
  }, [linked, migrating, id, lookAtServer]);
  const pending = status.value?.pending ?? 0;
  const busy = running.length > 0;
  useTop(section === 'run' ? 'plan' : busy ? 'running' : 'rest');

  return (
    <>
      <PageHead
        title={words('screen.migrations.title')}
        sub={instance.name}
        actions={
          pending > 0 &&
          section !== 'run' && (
            <>
              <Button
                leftSection={<IconTestPipe size={16} aria-hidden />}
                disabled={busy}
                onClick={() => void rehearseMigrations(id)}
              >
                {words('screen.migrations.rehearse')}
              </Button>
              <Button
                variant="filled"
                leftSection={<IconPlayerPlay size={16} aria-hidden />}
                disabled={busy}
                onClick={() => openMigrationsSection('run')}
              >
                {words('screen.migrations.run-plan', { count: pending })}
              </Button>
            </>
          )
        }
      />
      <div className={classes.stack}>
        {running.map((operation) => (
          <RunningMigration key={operation.id} operation={operation} />
        ))}
        {notBegun !== undefined && (
          <Panel>
            <FailureView failure={notBegun} />
          </Panel>
        )}
        {!busy && <LastOutcome instance={instance} />}
        {section === 'run' ? (
          !busy && (
            <Suspense fallback={null}>
              <RunSection instance={instance} />
            </Suspense>
          )
        ) : (
          <>
            <StatusSummary instance={instance} />
            <Sections instance={instance} section={section} />
          </>
        )}
      </div>
    </>
  );
}

/** A plan and a run begin at the top of the page; what was clicked on is gone then, so the heading gets the focus. */
function useTop(shown: 'plan' | 'running' | 'rest'): void {
  const before = useRef(shown);
  useEffect(() => {
    const ended = before.current === 'running' && shown === 'rest';
    if (before.current === shown) return;
    before.current = shown;
    if (ended) return;
    const main = document.getElementById('main');
    main?.scrollTo(0, 0);
    if (document.activeElement === document.body) main?.querySelector('h1')?.focus({ preventScroll: true });
  }, [shown]);
}

function Sections({ instance, section }: { instance: InstanceView; section: MigrationsSection }) {
  const { openMigrationsSection } = useStore.getState();
  const Part = sections[section];
  return (
    <Tabs
      value={section}
      onChange={(value) => {
        const chosen = migrationsSections.find((one) => one === value);
        if (chosen !== undefined) openMigrationsSection(chosen);
      }}
      keepMounted={false}
    >
      <Tabs.List aria-label={words('screen.migrations.sections')} className={classes.tabs}>
        {migrationsSections.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {words(`screen.migrations.section.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={section}>
        <Suspense fallback={null}>
          <Part instance={instance} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}
