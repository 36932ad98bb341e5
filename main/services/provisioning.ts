import { type Text, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Plan } from '../../contract/plan.ts';
import type { ProvisionWish } from '../../contract/provisioning.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Checks } from './checks.ts';
import { changedBySaslPrep } from './connections/saslPrep.ts';
import type { Connections, Login, Target } from './connections.ts';
import { type Instances, passwordAccount } from './instances.ts';
import { createPlans } from './plans.ts';
import type { Credentials, Op, Operations } from './ports.ts';
import { decide, type Statement } from './provisioning/decide.ts';
import { generatePassword } from './provisioning/generatePassword.ts';
import { scramVerifier, verifierMatches } from './provisioning/scramVerifier.ts';
import { provisionScript } from './provisioning/script.ts';
import { lookAt, type Situation } from './provisioning/situation.ts';

export type ProvisioningNeed = {
  instances: Pick<Instances, 'list' | 'create' | 'update' | 'setPassword'>;
  connections: Pick<Connections, 'openWith'>;
  credentials: Pick<Credentials, 'get'>;
  checks: Pick<Checks, 'run'>;
  operations: Operations;
  addToRedactor: (secret: string) => void;
  now?: () => Date;
};

export type ProvisionRequest = ProvisionWish & {
  /** How the server is reached. Its user and password are not used, its database only when `postgres` is not there. */
  at: Target;
  /** The password that Aperture's role is to have; without one the instance's own is used, else one is generated. */
  password?: string;
};

/** Where the login for Aperture is kept: in the instance that leads there already, else in a new one of this name. */
export type Keeping = { name: string; place: 'keychain' | 'session' };

export interface Provisioning {
  /**
   * What would be done, exactly; none of it is. Looks at the server with the administrator's login, which is not kept. Raises
   * `password-normalised` and what stops a connection.
   */
  plan(request: ProvisionRequest, administrator: Login, signal: AbortSignal): Promise<Plan>;
  /**
   * Runs a plan that was made before, as an operation that nothing else of the instance may run beside. The password is kept
   * before anything is sent, so that nothing is lost when it stops half-way: a plan made afterwards goes on from there. Then the
   * new role logs in and the checks run. Raises `plan-missing`, `plan-stale`, `operation-busy`, and what the keychain raises.
   */
  run(
    planId: string,
    administrator: Login,
    keeping: Keeping,
  ): Promise<{ instance: InstanceView; operationId: string; ended: Promise<OperationView> }>;
  /** The same as a script for psql, for whoever has an administrator's login. The password is kept for when it has run. */
  script(
    request: ProvisionRequest,
    keeping: Keeping,
    signal: AbortSignal,
  ): Promise<{ instance: InstanceView; script: string }>;
}

type Detail = { request: ProvisionRequest; password: string; statements: Statement[] };

/** Making an index of an existing database's extension takes longest. Milliseconds. */
const longestStatement = 10 * 60_000;

const steps = [
  { name: text('provision.step.login'), weight: 1 },
  { name: text('provision.step.run'), weight: 5 },
  { name: text('provision.step.verify'), weight: 1 },
  { name: text('provision.step.check'), weight: 2 },
];

export function createProvisioning(need: ProvisioningNeed): Provisioning {
  const { instances, connections, credentials, checks, operations, addToRedactor, now } = need;
  const plans = createPlans<Detail>({ now });

  const open = (at: Target, database: string, login: Login, purpose: 'read' | 'write', signal: AbortSignal) =>
    connections.openWith(
      { ...at, settings: { ...at.settings, database } },
      { signal, purpose, login, queryTimeoutMs: longestStatement },
    );

  /** Roles and databases can be made from every database; `postgres` is there unless somebody has removed it. */
  async function openMaintenance(at: Target, login: Login, signal: AbortSignal): Promise<PostgresSession> {
    const candidates = [...new Set(['postgres', at.settings.database, login.user, 'template1'])];
    for (const [index, database] of candidates.entries()) {
      try {
        return await open(at, database, login, 'write', signal);
      } catch (error) {
        const missing = error instanceof ProblemError && error.problem.code === 'database-missing';
        if (!missing || index === candidates.length - 1) throw error;
      }
    }
    throw new Error('there is always a last candidate');
  }

  async function existing({ at, role, database }: ProvisionRequest): Promise<InstanceView | undefined> {
    const place = JSON.stringify([at.settings.hosts, role, database, at.route]);
    const { instances: all } = await instances.list();
    return all.find(
      ({ connection, route }) =>
        connection !== undefined &&
        JSON.stringify([connection.hosts, connection.user, connection.database, route]) === place,
    );
  }

  async function passwordFor(request: ProvisionRequest, signal: AbortSignal): Promise<string> {
    // Refused before it is the password of anything: neither the server's driver nor this app's could log in with it for sure.
    if (request.password !== undefined && changedBySaslPrep(request.password)) {
      throw new ProblemError('password-normalised');
    }
    const instance = await existing(request);
    const kept = instance === undefined ? undefined : await credentials.get(passwordAccount(instance.id), signal);
    // An empty password is none to PostgreSQL.
    const password = request.password ?? (kept === undefined || kept === '' ? generatePassword() : kept);
    addToRedactor(password);
    return password;
  }

  async function passwordWorks(request: ProvisionRequest, password: string, seen: Situation, signal: AbortSignal) {
    if (seen.role === undefined) return false;
    if (seen.verifier === null) return false;
    if (seen.verifier !== undefined) return verifierMatches(seen.verifier, password);
    if (!seen.role.canLogin || seen.role.expired) return false;
    try {
      const database = seen.database === undefined ? seen.maintenance : request.database;
      const session = await open(request.at, database, { user: request.role, password }, 'read', signal);
      await session.close();
      return true;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
      return false;
    }
  }

  /** The instance with this login in it; a new one is still in its set-up. */
  async function keep(request: ProvisionRequest, password: string, { name, place }: Keeping): Promise<InstanceView> {
    const { at, role, database } = request;
    const connection = { ...at.settings, user: role, database };
    const found = await existing(request);
    if (found !== undefined) {
      const updated = await instances.update(found.id, { connection });
      return { ...updated, password: await instances.setPassword(found.id, password, place) };
    }
    const made = await instances.create({
      name,
      kind: 'external',
      route: at.route,
      connection,
      setup: { step: 'checks', source: 'own' },
      ...(place === 'keychain' ? { password } : {}),
    });
    if (place === 'keychain') return made;
    return { ...made, password: await instances.setPassword(made.id, password, place) };
  }

  return {
    async plan(request, administrator, signal) {
      addToRedactor(administrator.password);
      const password = await passwordFor(request, signal);
      const session = await openMaintenance(request.at, administrator, signal);
      let seen: Situation;
      try {
        seen = await lookAt(session, request, (database) => open(request.at, database, administrator, 'read', signal));
      } finally {
        await session.close();
      }
      const works = await passwordWorks(request, password, seen, signal);
      const chosen = request.password !== undefined;
      const { statements, notes } = await decide(request, seen, { password, passwordWorks: works, chosen });
      const { host } = seen;
      const { role, database } = request;
      const title = text(statements.length === 0 ? 'provision.plan.nothing' : 'provision.plan.title', {
        role,
        database,
        host,
      });
      return plans.keep(
        {
          title,
          as: 'administrator',
          steps: statements.map(({ database: where, shown }) => ({
            kind: 'sql',
            host,
            database: where,
            role: seen.administrator,
            statement: shown,
          })),
          notes,
        },
        { request, password, statements },
      );
    },

    async run(planId, administrator, keeping) {
      const { detail } = plans.find(planId);
      const { request, password, statements } = detail;
      const { at, role, database } = request;
      addToRedactor(administrator.password);
      const instance = await keep(request, password, keeping);
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        await runAll(statements, op, (where) => open(at, where, administrator, 'write', op.signal));
        op.step(2);
        const session = await open(at, database, { user: role, password }, 'read', op.signal);
        await session.close();
        op.log(`${role} can log in to ${database}`);
        op.step(3);
        // Its own operation and outcome: a check that can't run doesn't undo what the statements did.
        await (await checks.run(instance.id)).ended;
        return text('provision.outcome', { count: statements.length, role, database });
      };
      const subject = { instanceId: instance.id, name: instance.name };
      const { id, ended } = await operations.run('provision', subject, steps, body, { exclusive: true });
      return { instance, operationId: id, ended };
    },

    async script(request, keeping, signal) {
      const password = await passwordFor(request, signal);
      const instance = await keep(request, password, keeping);
      return { instance, script: provisionScript(request, await scramVerifier(password)) };
    },
  };
}

/** One after the other, with a login for each database. What is told of each is what the plan showed. */
async function runAll(
  statements: readonly Statement[],
  op: Op,
  open: (database: string) => Promise<PostgresSession>,
): Promise<void> {
  let session: PostgresSession | undefined;
  try {
    for (const [index, { database, statement, shown }] of statements.entries()) {
      if (session?.database !== database) {
        await session?.close();
        session = await open(database);
        op.log(`as ${session.user} on ${session.address.host}, database ${database}`);
        op.step(1);
      }
      op.progress(index, statements.length, 'statements');
      op.log(`${shown};`);
      await session.writable.run(statement).catch((error: unknown) => {
        throw atStatement(error, shown, index + 1);
      });
    }
    op.progress(statements.length, statements.length, 'statements');
  } finally {
    await session?.close();
  }
}

/** The same problem, with which statement it was. */
function atStatement(error: unknown, statement: string, number: number): unknown {
  if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') return error;
  const { code, values, detail, fixes } = error.problem;
  return new ProblemError(code, { ...values, statement, number }, { detail, fixes, cause: error });
}
