import {
  IconActivityHeartbeat,
  IconDatabase,
  IconDownload,
  IconHome,
  IconServer2,
  IconSettings,
  IconStairsUp,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import { countOf, verdictOf } from '../checks/checkSum.ts';
import { StatusIcon } from '../components/StatusMark.tsx';
import { serverLine } from '../server/serverLine.ts';
import { useStale } from '../server/useServerWatch.ts';
import { backupsOf } from '../store/backups.ts';
import { checksOf } from '../store/checks.ts';
import { selectedInstance } from '../store/instances.ts';
import { migrationsOf } from '../store/migrations.ts';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { InstanceSwitcher } from './InstanceSwitcher.tsx';
import { places } from './places.ts';
import classes from './Shell.module.css';

/** The quiet rail: which instance, its screens, and what belongs to the app itself. */
export function Rail() {
  const hasInstance = useStore((state) => state.instances.length > 0);
  return (
    <nav className={classes.rail} aria-label={words('screen.rail.label')}>
      <InstanceSwitcher />
      {hasInstance ? (
        <>
          <RailLink to={places.overview} icon={IconHome} label={words('screen.overview.title')} />
          <RailLink
            to={places.database}
            icon={IconDatabase}
            label={words('screen.database.title')}
            mark={<DatabaseMark />}
          />
          <RailLink to={places.server} icon={IconServer2} label={words('screen.server.title')} mark={<ServerMark />} />
          <RailLink
            to={places.migrations}
            icon={IconStairsUp}
            label={words('screen.migrations.title')}
            mark={<MigrationsMark />}
          />
          <RailLink
            to={places.backups}
            icon={IconDownload}
            label={words('screen.backups.title')}
            mark={<BackupsMark />}
          />
        </>
      ) : (
        <RailLink to={places.welcome} icon={IconHome} label={words('screen.welcome.title')} />
      )}
      <span className={classes.grow} />
      <RailLink
        to={places.activity}
        icon={IconActivityHeartbeat}
        label={words('screen.activity.title')}
        mark={<ActivityMark />}
      />
      <RailLink to={places.settings} icon={IconSettings} label={words('screen.settings.title')} />
    </nav>
  );
}

function RailLink({
  to,
  icon: Icon,
  label,
  mark,
}: {
  to: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  label: string;
  mark?: ReactNode;
}) {
  const [place] = useLocation();
  const current = place === to || place.startsWith(`${to}/`);
  return (
    <Link href={to} className={classes.link} aria-current={current ? 'page' : undefined} draggable={false}>
      <Icon size={18} stroke={1.75} />
      {label}
      {mark}
    </Link>
  );
}

function DatabaseMark() {
  const instance = useStore(selectedInstance);
  const report = useStore((state) => checksOf(state, instance?.id).report);
  if (report === undefined) return null;
  switch (verdictOf(report.results)) {
    case 'ready':
      return (
        <span className={classes.mark} role="img" aria-label={words('check.verdict.ready')}>
          <StatusIcon tone="ok" size={16} />
        </span>
      );
    case 'ready-with-warnings':
      return (
        <span className={classes.mark} role="img" aria-label={words('screen.checks.with-warnings')}>
          <StatusIcon tone="warn" size={16} />
        </span>
      );
    case 'not-ready': {
      const count = countOf(report.results, 'fail');
      return (
        <span className={classes.count} role="img" aria-label={words('check.verdict.not-ready', { count })}>
          {count}
        </span>
      );
    }
  }
}

/** Only what was seen a moment ago: nobody looks while another page is open. */
function ServerMark() {
  const instance = useStore(selectedInstance);
  const { status, lookedAt } = useStore((state) => serverOf(state, instance?.id));
  const stale = useStale(lookedAt, 60_000);
  if (status === undefined || stale) return null;
  const { tone, title } = serverLine(status);
  return (
    <span className={classes.mark} role="img" aria-label={say(title)}>
      <StatusIcon tone={tone} size={16} />
    </span>
  );
}

/** How many are pending, as the last comparison found. */
function MigrationsMark() {
  const instance = useStore(selectedInstance);
  const pending = useStore((state) => migrationsOf(state, instance?.id).status.value?.pending ?? 0);
  if (pending === 0) return null;
  return (
    <span
      className={classes.count}
      data-tone="info"
      role="img"
      aria-label={words('screen.migrations.mark', { count: pending })}
    >
      {pending}
    </span>
  );
}

/** Only what is known to be wrong: that the newest listed backup is damaged. */
function BackupsMark() {
  const instance = useStore(selectedInstance);
  const newest = useStore((state) => backupsOf(state, instance?.id).list?.[0]);
  if (newest?.verification.state !== 'damaged') return null;
  return (
    <span className={classes.mark} role="img" aria-label={words('screen.backups.mark')}>
      <StatusIcon tone="bad" size={16} />
    </span>
  );
}

function ActivityMark() {
  const running = useStore(
    (state) => Object.values(state.operations).filter((operation) => operation.state === 'running').length,
  );
  if (running === 0) return null;
  return (
    <span
      className={classes.count}
      data-tone="info"
      role="img"
      aria-label={words('screen.activity.running', { count: running })}
    >
      {running}
    </span>
  );
}
