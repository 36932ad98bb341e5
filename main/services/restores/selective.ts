import { type Text, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { BackupContents, RestoreFrom, TablesRestored } from '../../../contract/restoreInPlace.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { type Grammar, loadGrammar } from '../../adapters/sqlGrammar.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';
import type { BackupSettingsService } from '../backupSettings.ts';
import type { PlacesNeed } from '../backups/places.ts';
import { refusePooler } from '../backups/pooler.ts';
import type { Backups } from '../backups.ts';
import type { Connections } from '../connections.ts';
import { type Instances, passwordAccount } from '../instances.ts';
import type { Credentials, Op, Operations } from '../ports.ts';
import { type ArchiveSource, type OpenArchive, openArchive } from './archive.ts';
import { fitting } from './inPlace.ts';
import { archiveSql } from './inPlaceFeed.ts';
import { closing, commitGuard, marks, opening } from './inPlaceScript.ts';
import { runInOneTransaction } from './inPlaceSession.ts';
import { findRestoreTools, type RestoreRoute, routeWith, toolMissing } from './route.ts';
import { adviceFor } from './selectiveAdvice.ts';
import { definitionIn, entriesOf, quoted, rowsIn, type Side, type TableName } from './selectiveSql.ts';
import { sourceOf as describeSource } from './source.ts';

export type SelectiveNeed = PlacesNeed & {
  instances: Pick<Instances, 'get'>;
  connections: Pick<Connections, 'open'>;
  credentials: Pick<Credentials, 'get'>;
  operations: Operations;
  backups: Pick<Backups, 'get'>;
  backupSettings: Pick<BackupSettingsService, 'keys'>;
  /** Where decrypted backups wait. */
  folder: string;
  now?: () => Date;
};

export interface SelectiveRestores {
  /** What is inside of a backup, read to its end. `instanceId`: whose keys open it. Raises what opening a backup raises. */
  inspect(from: RestoreFrom, instanceId: string | undefined, signal: AbortSignal): Promise<BackupContents>;
  /**
   * Restores tables, definition and rows, into a schema made for it, in one transaction: an operation `restore-table`, exclusive for the
   * instance. Nothing that exists is touched. Tables are named `name` or `schema.name`. The operation fails with
   * `restore-table-missing`, `restore-table-unsuitable`, `restore-in-place-failed` and what PostgreSQL says.
   */
  run(wishes: { instanceId: string; from: RestoreFrom; tables: readonly string[] }): Promise<{
    operationId: string;
    ended: Promise<OperationView>;
    restored: Promise<TablesRestored | undefined>;
  }>;
}

/** Milliseconds for one statement of the app's own session. */
const longestStatement = 24 * 3_600_000;
const longestName = 63;

const steps = [
  { name: text('restore-in-place.step.read'), weight: 2 },
  { name: text('restore-table.step.restore'), weight: 6 },
];

export function createSelectiveRestores(need: SelectiveNeed): SelectiveRestores {
  const { instances, connections, credentials, operations, now = () => new Date() } = need;

  const open = (instance: Instance, signal: AbortSignal) =>
    connections.open(instance, { purpose: 'write', signal, queryTimeoutMs: longestStatement });

  const withArchive = async <Result>(
    from: RestoreFrom,
    instanceId: string | undefined,
    op: Pick<Op, 'signal' | 'log' | 'progress'>,
    body: (archive: OpenArchive, source: ArchiveSource) => Promise<Result>,
  ): Promise<Result> => {
    const source: ArchiveSource =
      from.kind === 'file' ? from : { kind: 'backup', backup: await need.backups.get(from.id, op.signal) };
    const whose = instanceId ?? (source.kind === 'backup' ? source.backup.manifest?.instance.id : undefined);
    const keys = (signal: AbortSignal) =>
      whose === undefined ? Promise.resolve([]) : need.backupSettings.keys(whose, signal);
    const archive = await openArchive(source, { ...need, keys }, op);
    try {
      return await body(archive, source);
    } finally {
      await archive.close();
    }
  };

  async function restore(
    instance: Instance,
    archive: OpenArchive,
    source: ArchiveSource,
    names: readonly string[],
    op: Op,
  ) {
    const { connection } = instance;
    if (connection === undefined) throw new ProblemError('invalid-input', { field: 'connection', name: instance.name });
    const wanted = pick(archive, names);
    const session = await open(instance, op.signal);
    try {
      await refusePooler(session, () => open(instance, op.signal));
      const { usable, found } = await findRestoreTools(need, instance, session.address, archive, op.signal);
      const tool = fitting(usable);
      if (tool === undefined) throw toolMissing({ ...archive, format: 'sql' }, found);
      const route = await routeWith(tool, need, instance, session.address, op.signal);
      try {
        const schema = await freeName(session, now());
        const sides = placesIn(schema, wanted);
        const { result } = await runInOneTransaction({
          route,
          settings: connection,
          password: await credentials.get(passwordAccount(instance.id), op.signal),
          sql: () => script({ archive, route, sides, schema, session, op }),
          open: (signal) => open(instance, signal),
          op,
        });
        const counts = JSON.parse(result ?? '[]') as number[];
        const tables = sides.map(({ schema: from, name, into }, at) => {
          const expected = rowsOf(archive, { schema: from, name });
          const rows = counts[at] ?? 0;
          return { schema: from, name, as: into.name, rows, ...(expected === undefined ? {} : { expected }) };
        });
        const sql = await adviceFor(session, schema, sides);
        return { source: describeSource(source, archive), database: session.database, schema, tables, sql };
      } finally {
        await route.close();
      }
    } finally {
      await session.close();
    }
  }

  return {
    inspect: (from, instanceId, signal) =>
      withArchive(
        from,
        instanceId,
        { signal, log: () => undefined, progress: () => undefined },
        async (archive, source) => ({
          source: describeSource(source, archive),
          tables: tablesOf(archive).map(({ schema, name }) => {
            const rows = rowsOf(archive, { schema, name });
            const { definition } = entriesOf(archive.entries, { schema, name });
            return { schema, name, ...(rows === undefined ? {} : { rows }), restorable: definition.length > 0 };
          }),
          extensions: archive.manifest?.extensions.map(({ name }) => name) ?? archive.contents.extensions,
          ...(archive.manifest?.ledger ? { ledger: archive.manifest.ledger } : {}),
        }),
      ),

    async run({ instanceId, from, tables }) {
      const instance = await instances.get(instanceId);
      if (instance.kind === 'practice') throw new ProblemError('backup-practice', { name: instance.name });
      let made: TablesRestored | undefined;
      const subject = { instanceId, name: instance.name };
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        made = await withArchive(from, instanceId, op, (archive, source) => {
          op.step(1);
          return restore(instance, archive, source, tables, op);
        });
        return text('restore-table.outcome', { tables: made.tables.length, schema: made.schema });
      };
      const { id, ended } = await operations.run('restore-table', subject, steps, body, { exclusive: true });
      return { operationId: id, ended, restored: ended.then(() => made) };
    },
  };
}

function tablesOf({ manifest, contents }: OpenArchive): TableName[] {
  return (manifest?.tables ?? contents.tables).map(({ schema, name }) => ({ schema, name }));
}

function rowsOf({ manifest }: OpenArchive, { schema, name }: TableName): number | undefined {
  return manifest?.tables.find((table) => table.schema === schema && table.name === name)?.rows;
}

/** Raises `restore-table-missing` with those that are not there, or are called like another one, and `restore-table-unsuitable`. */
function pick(archive: OpenArchive, names: readonly string[]): TableName[] {
  if (archive.entries.length === 0) {
    const reason = 'the backup is SQL text, which has no table of contents';
    throw new ProblemError('restore-table-unsuitable', { name: names.join(', '), reason });
  }
  const all = tablesOf(archive);
  const unknown: string[] = [];
  const picked = names.flatMap((wanted): TableName[] => {
    const full = all.filter(({ schema, name }) => `${schema}.${name}` === wanted);
    const short = all.filter(({ name }) => name === wanted);
    const [found, ...more] = full.length > 0 ? full : short;
    if (found === undefined || more.length > 0) {
      unknown.push(wanted);
      return [];
    }
    return [found];
  });
  if (unknown.length > 0 || picked.length === 0) {
    throw new ProblemError('restore-table-missing', { names: unknown.join(', '), backup: archive.name });
  }
  return picked.filter(
    (table, at) => picked.findIndex(({ schema, name }) => schema === table.schema && name === table.name) === at,
  );
}

/** Tables of the same name get that of their schema before it. */
function placesIn(schema: string, tables: readonly TableName[]): Side[] {
  const taken = new Set<string>();
  return tables.map((table) => {
    let name = table.name;
    for (let count = 1; taken.has(name); count += 1) {
      const ending = count === 1 ? '' : ` ${count}`;
      name = [...`${table.schema}.${table.name}`].slice(0, Math.floor(longestName / 4)).join('') + ending;
    }
    taken.add(name);
    return { ...table, into: { schema, name } };
  });
}

/** `restored_20260131_235959`, with a number where that is taken. PostgreSQL itself refuses one that is taken meanwhile. */
async function freeName({ readable }: Pick<PostgresSession, 'readable'>, at: Date): Promise<string> {
  const stamp = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  const rows = await readable.read<{ name: string }>(
    "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'restored%'",
  );
  const taken = new Set(rows.map(({ name }) => name));
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? `restored_${stamp}` : `restored_${stamp}_${count}`;
    if (!taken.has(name)) return name;
  }
}

async function* script({
  archive,
  route,
  sides,
  schema,
  session,
  op,
}: {
  archive: OpenArchive;
  route: RestoreRoute;
  sides: readonly Side[];
  schema: string;
  session: PostgresSession;
  op: Op;
}): AsyncGenerator<Buffer | string> {
  const { signal } = op;
  const guard = commitGuard();
  const grammar: Grammar = await loadGrammar();
  const feed = { archive, route, signal, op: { log: op.log, progress: () => undefined } };
  const major = Number.parseInt(session.parameters.get('server_version') ?? '0', 10);
  yield opening(guard, { major, settings: ['max_parallel_maintenance_workers=0'] });
  yield `CREATE SCHEMA ${quoteIdentifier(schema)};\n`;
  for (const [at, side] of sides.entries()) {
    op.progress(at, sides.length, 'tables');
    const { definition, data } = entriesOf(archive.entries, side);
    let sql = '';
    const parts: Buffer[] = [];
    for await (const part of archiveSql({ ...feed, entries: definition })) parts.push(part);
    sql = Buffer.concat(parts).toString('utf8');
    const [table = '', ...more] = definitionIn(grammar, sql, side, side.into.name === side.name);
    yield `${table}\n`;
    if (data.length > 0) yield* rowsIn(grammar, archiveSql({ ...feed, entries: data }), side);
    yield `${more.join('\n')}\n`;
  }
  yield counting(sides, archive, guard.table);
  yield closing(guard);
}

/** Counts all and raises where the manifest says otherwise. */
function counting(sides: readonly Side[], archive: OpenArchive, guardTable: string): string {
  const each = sides.map((side) => {
    const wanted = rowsOf(archive, side);
    const check =
      wanted === undefined
        ? ''
        : `IF n <> ${wanted} THEN RAISE EXCEPTION '${marks.unproven}%', ${quoteLiteral(`${side.schema}.${side.name}: ${wanted} in the backup, restored: `)} || n; END IF;`;
    return `SELECT count(*) INTO n FROM ${quoted(side.into)}; counts := counts || to_jsonb(n); ${check}`;
  });
  const body = `
DECLARE n bigint; counts jsonb := '[]';
BEGIN
  ${each.join('\n  ')}
  INSERT INTO ${guardTable} VALUES (3, 3, counts::text);
END`;
  return `DO ${quoteLiteral(body).trimStart()};\n`;
}
