import { type Text, text } from '../../contract/copy/text.ts';
import type { RunnableFixId } from '../../contract/fix.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Notice, PostgresSession } from '../adapters/postgres/session.ts';
import { administratorRole, type Doer } from '../checks/rights.ts';
import { statementsOf } from '../checks/statements.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Checks } from './checks.ts';
import type { Connections, Login } from './connections.ts';
import { databaseTarget } from './databaseTarget.ts';
import { createPlans } from './plans.ts';
import type { Op, Operations } from './ports.ts';

export type FixesNeed = {
  instances: { get(id: string): Promise<Instance> };
  connections: Pick<Connections, 'open'>;
  checks: Pick<Checks, 'context' | 'run'>;
  operations: Operations;
  now?: () => Date;
};

export interface Fixes {
  /** What the fixes would run, exactly. Changes nothing. Raises `instance-missing` and what stops a connection. */
  plan(instanceId: string, fixes: readonly RunnableFixId[], as: Doer): Promise<Plan>;
  /**
   * Runs a plan that was made before, one statement after the other, as an operation that nothing else may run beside;
   * then the checks run again. The login is used for this once. Raises `plan-missing`, `plan-stale`, `operation-busy`,
   * and `invalid-input` when an administrator's plan comes without a login.
   */
  run(planId: string, administrator?: Login): Promise<{ operationId: string; ended: Promise<OperationView> }>;
}

/** Rebuilding indexes of a large database takes this long; everything else is done at once. Milliseconds. */
const longestStatement = 4 * 3600_000;

/** Milliseconds to look at the database when no check has yet. */
const patience = 60_000;

/** Rights come before what needs them. */
const order: readonly RunnableFixId[] = [
  'set-read-write',
  'make-owner',
  'grant-create-on-database',
  'grant-create-on-schema',
  'create-extension-vector',
  'create-extension-pgcrypto',
  'create-extension-pg_trgm',
  'update-extension-vector',
  'refresh-collation-version',
  'set-search-path',
  'set-maintenance-memory',
];

const steps = [
  { name: text('fix.step.connect'), weight: 1 },
  { name: text('fix.step.run'), weight: 6 },
  { name: text('fix.step.check'), weight: 2 },
];

export function createFixes({ instances, connections, checks, operations, now }: FixesNeed): Fixes {
  const plans = createPlans<{ instanceId: string; target: string; statements: string[] }>({ now });

  return {
    async plan(instanceId, fixes, as) {
      const instance = await instances.get(instanceId);
      const context = await checks.context(instance, AbortSignal.timeout(patience));
      const chosen = order.filter((id) => fixes.includes(id));
      const statements = [...new Set(chosen.flatMap((id) => statementsOf(id, context.facts)))];
      const { server, facts, address } = context;
      const role = as === 'app' ? facts.server.user : administratorRole(server.provider, facts);
      const { database } = facts.server;
      return plans.keep(
        {
          title: text('fix.plan.title', { count: statements.length, database }),
          as,
          steps: statements.map((statement) => ({ kind: 'sql', host: address.host, database, role, statement })),
          notes: notesOf(chosen, as, statements.length),
        },
        { instanceId, target: databaseTarget(instance), statements },
      );
    },

    async run(planId, administrator) {
      const { plan, detail } = plans.find(planId);
      const { instanceId, statements, target } = detail;
      const instance = await instances.get(instanceId);
      if (databaseTarget(instance) !== target) throw new ProblemError('plan-stale', { id: planId });
      if (plan.as === 'administrator' && administrator === undefined) {
        throw new ProblemError('invalid-input', { field: 'administrator', name: instance.name });
      }
      const login = plan.as === 'administrator' ? administrator : undefined;
      const body = async (op: Op) => {
        op.step(0);
        const session = await connections.open(instance, {
          signal: op.signal,
          purpose: 'write',
          queryTimeoutMs: longestStatement,
          ...(login === undefined ? {} : { login }),
        });
        try {
          op.step(1);
          await runAll(session, statements, op);
        } finally {
          await session.close();
        }
        op.step(2);
        // Its own operation and outcome: a check that can't run doesn't undo what the statements did.
        await (await checks.run(instanceId)).ended;
        return text('fix.outcome', { count: statements.length });
      };
      const subject = { instanceId, name: instance.name };
      const { id, ended } = await operations.run('fix', subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },
  };
}

async function runAll(session: PostgresSession, statements: readonly string[], op: Op): Promise<void> {
  const told = new Set<Notice>(session.notices);
  const tellNotices = () => {
    for (const notice of session.notices) {
      if (told.has(notice)) continue;
      told.add(notice);
      op.log(`${notice.severity}: ${notice.message}`, notice.severity === 'WARNING' ? 'warn' : 'info');
    }
  };
  op.log(`as ${session.user} on ${session.address.host}, database ${session.database}`);
  for (const [index, statement] of statements.entries()) {
    op.progress(index, statements.length, 'statements');
    op.log(`${statement};`);
    try {
      await session.writable.run(statement);
    } catch (error) {
      tellNotices();
      throw atStatement(error, statement, index + 1);
    }
    tellNotices();
  }
  op.progress(statements.length, statements.length, 'statements');
}

/** The same problem, with which statement it was. */
function atStatement(error: unknown, statement: string, number: number): unknown {
  if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') return error;
  const { code, values, detail, fixes } = error.problem;
  return new ProblemError(code, { ...values, statement, number }, { detail, fixes, cause: error });
}

function notesOf(chosen: readonly RunnableFixId[], as: Doer, count: number): Text[] {
  const notes: Text[] = [];
  if (as === 'administrator') notes.push(text('fix.plan.administrator'));
  if (count > 1) notes.push(text('fix.plan.one-by-one'));
  if (chosen.includes('refresh-collation-version')) notes.push(text('fix.plan.locks'));
  const defaults: readonly RunnableFixId[] = ['set-search-path', 'set-read-write', 'set-maintenance-memory'];
  if (chosen.some((id) => defaults.includes(id))) notes.push(text('fix.plan.next-login'));
  return notes;
}
