import { z } from 'zod';
import type { SideDatabase } from '../../../contract/restore.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { quoteLiteral } from '../../sql/quoting.ts';
import { isSideName } from './names.ts';
import { type DatabaseNote, readNote } from './note.ts';

const rowSchema = z.object({
  oid: z.coerce.number(),
  name: z.string(),
  owner: z.string(),
  mine: z.boolean(),
  comment: z.string().nullable(),
  bytes: z.coerce.number().nullable(),
  sessions: z.coerce.number(),
});

/** A database of the server. `mine`: the role may do with it what its owner may. */
export type DatabaseFound = Omit<z.infer<typeof rowSchema>, 'bytes'> & { bytes: number; note?: DatabaseNote };

/** The database in use under this name, and those beside it. From any database of the server. One round trip. */
export async function readDatabases(
  session: Pick<PostgresSession, 'readable'>,
  database: string,
): Promise<{ current: DatabaseFound | undefined; beside: DatabaseFound[] }> {
  const rows = await session.readable.read(
    `SELECT d.oid::int8 AS oid, d.datname AS name, pg_get_userbyid(d.datdba) AS owner,
            pg_has_role(d.datdba, 'USAGE') AS mine,
            shobj_description(d.oid, 'pg_database') AS comment,
            CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END AS bytes,
            (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.usesysid IS NOT NULL) AS sessions
     FROM pg_database d
     WHERE NOT d.datistemplate
       AND (d.datname = ${quoteLiteral(database)}
         OR d.datname LIKE '%\\_companion\\_________'
         OR shobj_description(d.oid, 'pg_database') LIKE 'Made or set aside by Aperture Companion%')
     ORDER BY d.oid`,
  );
  const all = rows.map((row): DatabaseFound => {
    const { bytes, ...found } = rowSchema.parse(row);
    const note = readNote(found.comment);
    return { ...found, bytes: bytes ?? 0, ...(note === undefined ? {} : { note }) };
  });
  return {
    current: all.find(({ name }) => name === database),
    beside: all.filter(
      ({ name, note }) =>
        name !== database && (note === undefined ? isSideName(name, database) : note.besides === database),
    ),
  };
}

/** As it is told. One without a note was being made when the app was killed: nothing of value can be in it. */
export function asSideDatabase({ oid, name, bytes, sessions, note }: DatabaseFound, besides: string): SideDatabase {
  const { state, operationId, since, keepUntil } = note ?? {
    state: 'making' as const,
    operationId: '',
    since: new Date(0).toISOString(),
  };
  return {
    name,
    oid,
    state,
    besides,
    operationId,
    since,
    bytes,
    sessions,
    ...(keepUntil === undefined ? {} : { keepUntil }),
  };
}
