import { z } from 'zod';
import type { ProviderId } from '../../../contract/connection.ts';
import type { ProvisionWish } from '../../../contract/provisioning.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { gatherFacts, type ServerFacts } from '../../checks/facts.ts';
import { isAdministrator } from '../../checks/rights.ts';
import { describeServer } from '../providers.ts';

const roleSchema = z.object({
  superuser: z.boolean(),
  canLogin: z.boolean(),
  expired: z.boolean(),
  connectionLimit: z.int(),
  /** The administrator may act as it and has its rights. */
  member: z.boolean(),
});

const databaseSchema = z.object({ owner: z.string(), encoding: z.string(), ownedByRole: z.boolean() });

const insideSchema = z.object({
  /** By a grant to the role itself, not by way of owning the database: that may change hands. */
  grantedOnSchema: z.boolean(),
  mayConnectAndCreate: z.boolean(),
});

/** What there is before anything is done, as far as the administrator's login can see it. */
export type Situation = {
  host: string;
  administrator: string;
  provider: ProviderId;
  versionNum: number;
  superuser: boolean;
  mayEnableExtensions: boolean;
  mayCreateRole: boolean;
  mayCreateDatabase: boolean;
  /** The database of the first login, where roles and databases are made. */
  maintenance: string;
  templateEncoding: string;
  iterations: number | undefined;
  /** Extensions that the server has; undefined when it would not tell. */
  available: readonly { name: string; trusted: boolean }[] | undefined;
  role: z.infer<typeof roleSchema> | undefined;
  /** What is stored of the role's password; undefined when the administrator may not see it. */
  verifier: string | null | undefined;
  database: (z.infer<typeof databaseSchema> & { inside?: Inside }) | undefined;
};

type Inside = z.infer<typeof insideSchema> & { installed: string[]; relations: number };

/** Looks at the server. Reads only. `openDatabase` logs in to another database of it as the administrator. */
export async function lookAt(
  session: PostgresSession,
  wish: ProvisionWish,
  openDatabase: (database: string) => Promise<PostgresSession>,
): Promise<Situation> {
  const facts = await gatherFacts(session.readable);
  const { versionNum, user } = facts.server;
  const { address } = session;
  const { provider } = describeServer({ address, facts });
  const role = await readRole(session, wish.role, versionNum);
  const database = await readDatabase(session, wish, role !== undefined);
  return {
    host: address.host,
    administrator: user,
    provider,
    versionNum,
    superuser: facts.role.superuser,
    mayEnableExtensions: isAdministrator(facts),
    mayCreateRole: facts.role.superuser || facts.role.createRole,
    mayCreateDatabase: facts.role.superuser || facts.role.createDatabase,
    maintenance: facts.server.database,
    templateEncoding: await readTemplateEncoding(session),
    iterations: await readIterations(session),
    available: facts.available,
    role,
    verifier: role === undefined ? null : await readVerifier(session, wish.role, facts),
    database:
      database === undefined
        ? undefined
        : { ...database, inside: await readInside(wish, role !== undefined, openDatabase) },
  };
}

async function readRole(session: PostgresSession, role: string, versionNum: number): Promise<Situation['role']> {
  const acts = versionNum >= 160000 ? 'SET' : 'MEMBER';
  const [row] = await session.readable.read(
    `SELECT rolsuper AS superuser, rolcanlogin AS "canLogin", rolconnlimit AS "connectionLimit",
      coalesce(rolvaliduntil < now(), false) AS expired,
      pg_has_role(current_user, oid, '${acts}') AND pg_has_role(current_user, oid, 'USAGE') AS member
    FROM pg_catalog.pg_roles WHERE rolname = $1`,
    [role],
  );
  return row === undefined ? undefined : roleSchema.parse(row);
}

async function readDatabase(session: PostgresSession, { role, database }: ProvisionWish, roleExists: boolean) {
  const owned = roleExists ? `pg_has_role($2::name, datdba, 'USAGE')` : '$2::name IS NULL';
  const [row] = await session.readable.read(
    `SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, ${owned} AS "ownedByRole"
    FROM pg_catalog.pg_database WHERE datname = $1`,
    [database, role],
  );
  return row === undefined ? undefined : databaseSchema.parse(row);
}

async function readTemplateEncoding(session: PostgresSession): Promise<string> {
  const [row] = await session.readable.read(
    `SELECT pg_encoding_to_char(encoding) AS encoding FROM pg_catalog.pg_database WHERE datname = 'template1'`,
  );
  return z.object({ encoding: z.string() }).optional().parse(row)?.encoding ?? 'UTF8';
}

async function readIterations(session: PostgresSession): Promise<number | undefined> {
  const [row] = await session.readable.read(
    `SELECT setting::int AS iterations FROM pg_catalog.pg_settings WHERE name = 'scram_iterations'`,
  );
  return z.object({ iterations: z.int() }).optional().parse(row)?.iterations;
}

/** Only superusers see it, and not even those of managed services. */
async function readVerifier(
  session: PostgresSession,
  role: string,
  facts: ServerFacts,
): Promise<Situation['verifier']> {
  if (!facts.role.superuser) return undefined;
  const [row] = await session.readable.read('SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1', [role]);
  return z.object({ rolpassword: z.string().nullable() }).optional().parse(row)?.rolpassword;
}

async function readInside(
  { role, database }: ProvisionWish,
  roleExists: boolean,
  openDatabase: (database: string) => Promise<PostgresSession>,
): Promise<Inside> {
  const session = await openDatabase(database);
  try {
    const facts = await gatherFacts(session.readable);
    const rights = { grantedOnSchema: false, mayConnectAndCreate: false };
    const [row] = !roleExists
      ? [rights]
      : await session.readable.read(
          `SELECT (SELECT count(DISTINCT a.privilege_type) = 2 FROM pg_catalog.pg_namespace n, aclexplode(n.nspacl) a
              WHERE n.nspname = 'public' AND pg_get_userbyid(a.grantee) = $1) AS "grantedOnSchema",
            has_database_privilege($1, current_database(), 'CONNECT')
              AND has_database_privilege($1, current_database(), 'CREATE') AS "mayConnectAndCreate"`,
          [role],
        );
    return {
      ...insideSchema.parse(row ?? rights),
      installed: facts.installed.map(({ name }) => name),
      relations: facts.relations?.count ?? 0,
    };
  } finally {
    await session.close();
  }
}
