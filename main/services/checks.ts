import type { CheckId, CheckReport, CheckResult } from '../../contract/check.ts';
import { checkIds } from '../../contract/check.ts';
import type { TlsReport } from '../../contract/connection.ts';
import { encodePercent } from '../../contract/connectionString/percent.ts';
import { text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import type { CheckContext } from '../checks/check.ts';
import { gatherFacts } from '../checks/facts.ts';
import { runChecks, verdictOf } from '../checks/registry.ts';
import { summaryOf } from '../checks/summary.ts';
import type { Connections } from './connections.ts';
import { databaseTarget } from './databaseTarget.ts';
import { passwordAccount } from './instances.ts';
import type { Credentials, Emit, Operations } from './ports.ts';
import { describeServer } from './providers.ts';

export type ChecksNeed = {
  instances: { get(id: string): Promise<Instance> };
  connections: Pick<Connections, 'open' | 'latest'>;
  credentials: Pick<Credentials, 'get'>;
  operations: Operations;
  emit: Emit;
  now?: () => Date;
};

/** What is known about a database besides what it tells itself. */
export type Surroundings = {
  kind: 'external' | 'practice';
  tls?: TlsReport;
  /** Only whether it has characters that a URL must encode is used of it. */
  password?: string;
};

export interface Checks {
  /**
   * Runs the checks as an operation (all, or those named). Each result is told as it is known, then the whole report.
   * Raises `instance-missing`.
   */
  run(instanceId: string, only?: readonly CheckId[]): Promise<{ operationId: string; ended: Promise<OperationView> }>;
  /** The last report since the app started. A part that was run alone is merged into it. */
  latest(instanceId: string): CheckReport | undefined;
  /** Drops the last report: the instance leads to another database now. */
  forget(instanceId: string): void;
  /** What the last run looked at; looks now when there was none. Rejects with what stopped the connection. */
  context(instance: Instance, signal: AbortSignal): Promise<CheckContext>;
  /** Runs the checks on a session that is open already, for the command line. */
  runWith(
    session: CheckSession,
    surroundings: Surroundings,
    onResult?: (result: CheckResult) => void,
    only?: readonly CheckId[],
  ): Promise<CheckReport>;
}

/** What the checks need of a session: nothing that could write. */
export type CheckSession = Pick<PostgresSession, 'address' | 'readable' | 'backendKey' | 'roundTrips'>;

const steps = [
  { name: text('check.step.connect'), weight: 2 },
  { name: text('check.step.facts'), weight: 3 },
  { name: text('check.step.judge'), weight: 1 },
];

/** Asks and judges once, without an operation. */
export async function checkSession(
  session: CheckSession,
  surroundings: Surroundings,
  now: () => Date,
  onResult?: (result: CheckResult) => void,
  only?: readonly CheckId[],
): Promise<CheckReport> {
  const began = performance.now();
  const tripsBefore = session.roundTrips;
  const context = await look(session, surroundings, now);
  const results: CheckResult[] = [];
  for (const result of runChecks(context, only)) {
    results.push(result);
    onResult?.(result);
  }
  return reportOf(context, results, performance.now() - began, session.roundTrips - tripsBefore);
}

async function look(
  session: CheckSession,
  { kind, tls, password }: Surroundings,
  now: () => Date,
): Promise<CheckContext> {
  const facts = await gatherFacts(session.readable);
  const { address, backendKey } = session;
  return {
    facts,
    address,
    kind,
    server: describeServer({ address, facts, kind, loginPid: backendKey?.processId }),
    ...(tls === undefined ? {} : { tls }),
    ...(password === undefined ? {} : { passwordNeedsEncoding: encodePercent(password) !== password }),
    now: now(),
  };
}

function reportOf(
  context: CheckContext,
  results: CheckResult[],
  milliseconds: number,
  roundTrips: number,
): CheckReport {
  return {
    at: context.now.toISOString(),
    milliseconds: Math.round(milliseconds),
    roundTrips,
    server: context.server,
    verdict: verdictOf(results),
    results,
    facts: summaryOf(context.facts),
  };
}

export function createChecks(need: ChecksNeed): Checks {
  const { instances, connections, credentials, operations, emit, now = () => new Date() } = need;
  const reports = new Map<string, CheckReport>();
  const contexts = new Map<string, { target: string; context: CheckContext }>();

  async function surroundingsOf(instance: Instance, signal: AbortSignal): Promise<Surroundings> {
    const { kind, id } = instance;
    if (kind === 'practice') return { kind };
    return { kind, tls: connections.latest(id)?.tls, password: await credentials.get(passwordAccount(id), signal) };
  }

  async function lookAt(instance: Instance, signal: AbortSignal, session: CheckSession): Promise<CheckContext> {
    const context = await look(session, await surroundingsOf(instance, signal), now);
    contexts.set(instance.id, { target: databaseTarget(instance), context });
    return context;
  }

  /** The results of checks that were run alone take the place of their older ones. */
  function merged(
    older: CheckReport | undefined,
    fresh: CheckReport,
    only: readonly CheckId[] | undefined,
  ): CheckReport {
    if (older === undefined || only === undefined) return fresh;
    const kept = older.results.filter((each) => !only.includes(each.id));
    const results = [...kept, ...fresh.results].sort((a, b) => checkIds.indexOf(a.id) - checkIds.indexOf(b.id));
    return { ...fresh, results, verdict: verdictOf(results) };
  }

  return {
    latest: (instanceId) => reports.get(instanceId),
    forget: (instanceId) => void reports.delete(instanceId),

    async context(instance, signal) {
      const known = contexts.get(instance.id);
      if (known?.target === databaseTarget(instance)) return known.context;
      const session = await connections.open(instance, { signal, purpose: 'read' });
      try {
        return await lookAt(instance, signal, session);
      } finally {
        await session.close();
      }
    },

    runWith: (session, surroundings, onResult, only) => checkSession(session, surroundings, now, onResult, only),

    async run(instanceId, only) {
      const instance = await instances.get(instanceId);
      const { id, ended } = await operations.run('check', { instanceId, name: instance.name }, steps, async (op) => {
        op.step(0);
        const session = await connections.open(instance, { signal: op.signal, purpose: 'read' });
        try {
          op.step(1);
          const began = performance.now();
          const tripsBefore = session.roundTrips;
          const context = await lookAt(instance, op.signal, session);
          const roundTrips = session.roundTrips - tripsBefore;
          op.log(`${roundTrips} round trips`);
          op.step(2);
          const results: CheckResult[] = [];
          for (const result of runChecks(context, only)) {
            results.push(result);
            op.progress(results.length, only?.length ?? checkIds.length, 'checks');
            op.log(`${result.id}: ${result.status}`);
            emit('check.result', { operationId: op.id, instanceId, result });
          }
          const fresh = reportOf(context, results, performance.now() - began, roundTrips);
          const whole = { ...merged(reports.get(instanceId), fresh, only), instanceId };
          reports.set(instanceId, whole);
          emit('check.report', { operationId: op.id, instanceId, report: whole });
          const count = (status: CheckResult['status']) => results.filter((each) => each.status === status).length;
          return text('check.outcome', { passed: count('pass'), warned: count('warn'), failed: count('fail') });
        } finally {
          await session.close();
        }
      });
      return { operationId: id, ended };
    },
  };
}
