import type { CheckReport, CheckResult } from './check.ts';
import type { ConnectionReport } from './connection.ts';
import type { PullProgress } from './install.ts';
import type { InstanceView } from './instance.ts';
import type { RehearsalReport } from './migration.ts';
import type { MigrationRunReport } from './migrationRun.ts';
import type { OperationLogLine, OperationView } from './operation.ts';
import type { Problem } from './problem.ts';
import type { Prompt } from './prompt.ts';
import type { ReachReport } from './reach.ts';
import type { ServerLogLine } from './server.ts';
import type { SshTestReport } from './sshHost.ts';

/** Everything that main tells the window unasked. */
export type Events = {
  'operation.changed': OperationView;
  'operation.logged': { id: string; lines: OperationLogLine[] };
  'check.result': { operationId: string; instanceId: string; result: CheckResult };
  'check.report': { operationId: string; instanceId: string; report: CheckReport };
  'connection.report': { operationId: string; instanceId: string; report: ConnectionReport };
  /** Of the image that an installation pulls; a few times a second. */
  'install.pull': { operationId: string; progress: PullProgress };
  /** What the server writes while it is waited for. */
  'install.log': { operationId: string; lines: ServerLogLine[] };
  'reach.report': { operationId: string; instanceId: string; report: ReachReport };
  /** Of a log that was opened: at most ten batches a second of a stream, of at most 2,000 lines. */
  'server.log': { streamId: string; lines: ServerLogLine[] };
  /** The log has come to its end: the container ended, or the way to it did. */
  'server.log.ended': { streamId: string; problem?: Problem };
  'ssh.report': { operationId: string; sshHostId: string; report: SshTestReport };
  'migration.report': { operationId: string; instanceId: string; report: MigrationRunReport };
  'rehearsal.report': { operationId: string; instanceId: string; report: RehearsalReport };
  'instances.changed': { instances: InstanceView[]; selected?: string };
  'prompt.asked': Prompt;
  /** Answered elsewhere, or what asked has ended. */
  'prompt.withdrawn': { id: string };
  /** A secret that was to be kept in the keychain was refused there; it is known until the app quits. `label` is for people. */
  'secret.not-kept': { label: string; problem: Problem };
  'route.changed': { sshHostId: string; state: 'connected' | 'reconnecting' | 'disconnected'; attempt: number };
  'theme.changed': { dark: boolean };
  /** A menu item or a system request that the window carries out. */
  command: { command: 'settings' | 'new-instance' | 'palette' | 'check-again' | 'find' };
};

export type EventName = keyof Events;
