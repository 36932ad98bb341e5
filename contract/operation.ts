import { z } from 'zod';
import type { Text } from './copy/text.ts';
import type { Problem } from './problem.ts';

const operationKinds = [
  'connect',
  'check',
  'fix',
  'ssh-test',
  'practice-start',
  'server-start',
  'server-stop',
  'server-restart',
  'server-log-save',
  'provision',
  'compose-write',
  'reach',
  'network-change',
  'database-image',
  'install',
  'server-settings',
  'backup',
  'backup-verify',
  'backup-copy',
  'backup-prune',
  'restore',
  'restore-undo',
  'restore-clean',
  'restore-table',
  'drill',
  'migrate',
  'rehearse',
  'companion-schema',
] as const;
export const operationKindSchema = z.enum(operationKinds);
export type OperationKind = z.infer<typeof operationKindSchema>;

export const operationStates = ['running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const;
export type OperationState = (typeof operationStates)[number];

export const progressUnits = ['bytes', 'rows', 'tables', 'checks', 'statements', 'items'] as const;
export type ProgressUnit = (typeof progressUnits)[number];

/** What an operation works on. `instanceId` is also what mutual exclusion is counted by. */
export type OperationSubject = { instanceId?: string; sshHostId?: string; name: string };

/**
 * Progress of the step that runs. `rate` is units per second over the last few seconds, `secondsLeft` is there only when
 * a total is known and the rate is steady enough to mean something.
 */
export type OperationProgress = {
  done: number;
  total?: number;
  unit: ProgressUnit;
  rate?: number;
  secondsLeft?: number;
  /** Where there is a second count: tables of a dump. */
  parts?: { done: number; total: number; unit: ProgressUnit };
};

export type OperationStep = { name: Text; weight: number };

/** An operation as it is shown. Times are ISO 8601. `overall` is 0 to 1, weighted by steps. */
export type OperationView = {
  id: string;
  kind: OperationKind;
  subject: OperationSubject;
  state: OperationState;
  startedAt: string;
  endedAt?: string;
  steps: OperationStep[];
  stepIndex: number;
  overall: number;
  progress?: OperationProgress;
  problem?: Problem;
  /** For an unexpected error: where the report of it is. */
  unexpected?: string;
  /** One line about the outcome. */
  outcome?: Text;
  /** The process that runs or ran it. */
  startedBy: 'window' | 'command-line' | 'schedule';
  /** The computer that it ran on, where that was another one: read from the database's own history, without a log. */
  host?: string;
};

export type OperationLogLine = { at: string; level: 'info' | 'warn' | 'error'; line: string };
