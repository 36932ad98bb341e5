import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { PostgresServer } from './postgres.ts';

/** Somebody who can, or cannot, log in. */
export interface TestRole {
  readonly user: string;
  readonly password: string;
  /** The database made for it, or the one it was made in. */
  readonly database: string;
}

/** Makes a role; `attributes` is what follows its name in CREATE ROLE, LOGIN and a random password unless told. */
export async function createRole(
  server: PostgresServer,
  options: { user?: string; password?: string; attributes?: string; database?: string } = {},
): Promise<TestRole> {
  const user = options.user ?? `role_${randomBytes(4).toString('hex')}`;
  const password = options.password ?? randomBytes(9).toString('hex');
  const attributes = options.attributes ?? 'LOGIN';
  await server.sql(`CREATE ROLE ${pg.escapeIdentifier(user)} ${attributes} PASSWORD ${pg.escapeLiteral(password)}`);
  return { user, password, database: options.database ?? 'postgres' };
}

/** A database and a role that owns it and nothing else: what the guide tells an admin to make for Aperture. */
export async function createOwnedDatabase(server: PostgresServer, database = 'aperture'): Promise<TestRole> {
  const role = await createRole(server, { user: `${database}_owner`, database });
  await server.sql(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${pg.escapeIdentifier(role.user)}`);
  return role;
}

/** A role that may read every table of the database and create nothing in it. */
export async function createReadOnlyRole(server: PostgresServer, database: string): Promise<TestRole> {
  const role = await createRole(server, { database });
  const name = pg.escapeIdentifier(role.user);
  await server.sql(
    `REVOKE CREATE ON SCHEMA public FROM PUBLIC;
     GRANT USAGE ON SCHEMA public TO ${name};
     GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
    { database },
  );
  return role;
}

/** A role without LOGIN: SQLSTATE 28000. */
export function createNoLoginRole(server: PostgresServer): Promise<TestRole> {
  return createRole(server, { attributes: 'NOLOGIN' });
}

/** A role whose password was good until yesterday: SQLSTATE 28P01, with the reason in the server's log only. */
export function createExpiredRole(server: PostgresServer): Promise<TestRole> {
  return createRole(server, { attributes: `LOGIN VALID UNTIL '${new Date(Date.now() - 86_400_000).toISOString()}'` });
}

/** A role without a password: 28P01. */
export async function createRoleWithoutPassword(server: PostgresServer): Promise<TestRole> {
  const role = await createRole(server);
  await server.sql(`ALTER ROLE ${pg.escapeIdentifier(role.user)} PASSWORD NULL`);
  return role;
}

/** A role whose transactions are read-only unless told: SQLSTATE 25006 at the first write. */
export async function createReadOnlyByDefaultRole(server: PostgresServer, database = 'postgres'): Promise<TestRole> {
  const role = await createRole(server, { database });
  await server.sql(`ALTER ROLE ${pg.escapeIdentifier(role.user)} SET default_transaction_read_only = on`);
  return role;
}

/**
 * A role that may have one session, and has it: SQLSTATE 53300 for the next.
 *
 * @returns also how to end that session
 */
export async function createRoleAtItsLimit(server: PostgresServer): Promise<TestRole & { release(): Promise<void> }> {
  const role = await createRole(server, { attributes: 'LOGIN CONNECTION LIMIT 1' });
  const { release } = await holdSessions(server, role, 1);
  return { ...role, release };
}

/**
 * Takes every session that ordinary users can have: SQLSTATE 53300 for the next ("sorry, too many clients already" or
 * "remaining connection slots are reserved"). The superuser still gets in.
 */
export async function fillConnections(server: PostgresServer): Promise<{ release(): Promise<void> }> {
  const role = await createRole(server);
  return holdSessions(server, role, Number.POSITIVE_INFINITY);
}

/** Opens sessions and keeps them until released; with infinity, until the server refuses another. */
async function holdSessions(
  server: PostgresServer,
  role: TestRole,
  count: number,
): Promise<{ release(): Promise<void> }> {
  const held: pg.Client[] = [];
  while (held.length < count) {
    const { host, port } = server;
    const client = new pg.Client({ host, port, user: role.user, password: role.password, database: role.database });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === '53300') break;
      throw error;
    }
    held.push(client);
  }
  return {
    async release() {
      await Promise.all(held.map((client) => client.end()));
    },
  };
}

/**
 * Makes an installed pgvector look like this older version, as after an upgrade of the package without
 * `ALTER EXTENSION vector UPDATE`. Only what the catalogue says changes.
 */
export async function pretendVectorVersion(server: PostgresServer, database: string, version: string): Promise<void> {
  await server.sql("UPDATE pg_extension SET extversion = $1 WHERE extname = 'vector'", { database, values: [version] });
}
