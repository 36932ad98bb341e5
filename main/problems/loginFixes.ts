import type { Fix } from '../../contract/fix.ts';

/** An identifier for SQL. Always quoted: what looks plain may be a reserved word. */
function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export const enterPassword: Fix = {
  kind: 'setting',
  id: 'enter-password',
  title: { key: 'connecting.fix.enter-password' },
};

function sql(
  title: Extract<Fix, { kind: 'paste' }>['title'],
  snippet: string,
  why?: Extract<Fix, { kind: 'paste' }>['title'],
): Fix {
  return {
    kind: 'paste',
    title,
    language: 'sql',
    where: { key: 'connecting.where.superuser' },
    snippet,
    ...(why === undefined ? {} : { why }),
  };
}

export function createDatabaseFix(database: string, owner: string): Fix {
  return sql(
    { key: 'connecting.fix.create-database', values: { database } },
    // template0, because only it can be copied with another encoding than its own.
    `CREATE DATABASE ${quoteIdentifier(database)} OWNER ${quoteIdentifier(owner)} ENCODING 'UTF8' TEMPLATE template0;`,
    { key: 'connecting.fix.create-database.why', values: { user: owner } },
  );
}

/** `\password` asks for the password and sends only its hash, so that it is in no log and no history. */
export function createRoleFix(user: string): Fix {
  return sql(
    { key: 'connecting.fix.create-role', values: { user } },
    `CREATE ROLE ${quoteIdentifier(user)} LOGIN;\n\\password ${quoteIdentifier(user)}`,
    { key: 'connecting.fix.create-role.why' },
  );
}

export function loginFix(user: string): Fix {
  return sql({ key: 'connecting.fix.allow-login', values: { user } }, `ALTER ROLE ${quoteIdentifier(user)} LOGIN;`);
}

export function expiryFix(user: string): Fix {
  return sql(
    { key: 'connecting.fix.extend-role', values: { user } },
    `ALTER ROLE ${quoteIdentifier(user)} VALID UNTIL 'infinity';`,
  );
}

/** The server opens up to 20 connections; the app, a backup and a person need some beside it. */
const connectionsNeeded = 30;

export function connectionLimitFix(user: string): Fix {
  return sql(
    { key: 'connecting.fix.role-limit', values: { user } },
    `ALTER ROLE ${quoteIdentifier(user)} CONNECTION LIMIT ${connectionsNeeded};`,
    { key: 'connecting.fix.limit.why', values: { count: connectionsNeeded } },
  );
}

export function databaseLimitFix(database: string): Fix {
  return sql(
    { key: 'connecting.fix.database-limit', values: { database } },
    `ALTER DATABASE ${quoteIdentifier(database)} CONNECTION LIMIT ${connectionsNeeded};`,
    { key: 'connecting.fix.limit.why', values: { count: connectionsNeeded } },
  );
}
