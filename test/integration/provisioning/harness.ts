import type { Plan } from '../../../contract/plan.ts';
import { createProvisioning, type ProvisionRequest } from '../../../main/services/provisioning.ts';
import type { PostgresServer } from '../../support/postgres.ts';
import { type Services, startServices } from '../checks/services.ts';

export type Administrator = { user: string; password: string };

/** Provisioning on the services that the checks are tested with. */
export async function startProvisioning(options: { now?: () => Date } = {}) {
  const services = await startServices(options);
  const secrets: string[] = [];
  const provisioning = createProvisioning({
    ...services,
    addToRedactor: (secret) => void secrets.push(secret),
    ...options,
  });
  return { services, provisioning, secrets };
}

export type Provision = Awaited<ReturnType<typeof startProvisioning>>;

export const superuserOf = (server: PostgresServer): Administrator => ({
  user: server.superuser,
  password: server.superPassword,
});

export function requestFor(
  at: { host: string; port: number },
  wish: { role: string; database: string; password?: string },
): ProvisionRequest {
  return {
    ...wish,
    at: {
      route: { kind: 'direct' },
      settings: {
        hosts: [{ host: at.host, port: at.port }],
        user: 'nobody',
        database: 'postgres',
        tls: { mode: 'disable' },
        channelBinding: 'prefer',
        targetSessionAttrs: 'any',
        connectTimeoutSeconds: 10,
      },
    },
  };
}

/** Plans and runs, and gives everything that was told about it. */
export async function provision({ services, provisioning }: Provision, request: ProvisionRequest, as: Administrator) {
  const plan = await provisioning.plan(request, as, AbortSignal.timeout(30_000));
  const { ended, operationId, instance } = await provisioning.run(plan.id, as, { name: 'made', place: 'session' });
  const view = await ended;
  const log = (await services.operations.log(operationId)).map(({ line }) => line);
  return { plan, view, log, instance };
}

export const statementsIn = (plan: Plan) =>
  plan.steps.map((step) => (step.kind === 'sql' ? step.statement : step.kind));

export async function passwordOf(services: Services, instanceId: string): Promise<string> {
  const password = await services.credentials.get(`database:${instanceId}`, AbortSignal.timeout(5000));
  if (password === undefined) throw new Error('no password was kept');
  return password;
}

/** Everything about a role and a database that a later run could change, in one text that can be compared. */
export async function stateOf(server: PostgresServer, role: string, database: string): Promise<unknown> {
  const [cluster] = await server.sql(
    `SELECT (SELECT row_to_json(r) FROM (SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolconnlimit,
        rolvaliduntil, rolpassword LIKE 'SCRAM-SHA-256$4096:%' AS scram FROM pg_authid WHERE rolname = $1) r) AS role,
      (SELECT row_to_json(d) FROM (SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding,
        datacl::text FROM pg_database WHERE datname = $2) d) AS database,
      (SELECT json_agg(m ORDER BY m) FROM (SELECT to_jsonb(a) - 'oid' - 'grantor' || jsonb_build_object(
        'grantor', pg_get_userbyid(a.grantor), 'roleid', pg_get_userbyid(a.roleid), 'member', pg_get_userbyid(a.member)) AS m
        FROM pg_auth_members a WHERE pg_get_userbyid(a.roleid) = $1) x) AS members`,
    { values: [role, database] },
  );
  const [inside] = await server.sql(
    `SELECT (SELECT json_agg(extname || ' in ' || nspname ORDER BY extname) FROM pg_extension e
        JOIN pg_namespace n ON n.oid = extnamespace) AS extensions,
      (SELECT nspacl::text || ' ' || pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public') AS public`,
    { database },
  );
  return { ...cluster, ...inside };
}
