import { randomBytes } from 'node:crypto';
import type { Instance } from '../../../contract/instance.ts';
import type { RestoreProof } from '../../../contract/restore.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { cancelled } from '../../problems/ProblemError.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';
import type { PlacesNeed } from '../backups/places.ts';
import type { Connections } from '../connections.ts';
import { passwordAccount } from '../instances.ts';
import type { Credentials, Op } from '../ports.ts';
import type { OpenArchive } from './archive.ts';
import { createBeside } from './createBeside.ts';
import { dropBeside } from './dropBeside.ts';
import { fill } from './fill.ts';
import { fromMaintenance, inDatabase, longestStatement, requireMaintenance } from './maintenance.ts';
import { sideName } from './names.ts';
import { type DatabaseNote, writeNote } from './note.ts';
import { openRoute } from './route.ts';
import { sessionSettings } from './sessionSettings.ts';
import type { Survey } from './survey.ts';

export type MakeNeed = PlacesNeed & { connections: Pick<Connections, 'open'>; credentials: Pick<Credentials, 'get'> };

export type Make = {
  instance: Instance & { database: string };
  archive: OpenArchive;
  looked: Survey;
  op: Op;
  now: () => Date;
};

export type Made = {
  side: { oid: number; name: string };
  note: DatabaseNote;
  proof: RestoreProof;
  ignored: string[];
};

/** Milliseconds for clearing up when the operation itself was cancelled. */
const patience = 60_000;

/**
 * Makes a database beside the one in use, restores an archive into it and proves it. Its note says `making`. When this rejects it is
 * gone again, or known by its note. `steps`: indexes of the operation's.
 */
export async function makeBeside(
  need: MakeNeed,
  { instance, archive, looked, op, now }: Make,
  steps: { create: number; restore: number; verify: number },
): Promise<Made> {
  const { connections } = need;
  const { signal } = op;
  op.step(steps.create);
  const note: DatabaseNote = {
    version: 1,
    state: 'making',
    besides: instance.database,
    operationId: op.id,
    since: now().toISOString(),
  };
  const name = sideName(instance.database, randomBytes(4).toString('hex'));
  let made: { oid: number; address: PostgresSession['address'] } | undefined;
  try {
    made = await fromMaintenance(connections, instance, signal, async (session) => {
      for (const refused of await createBeside(session, instance.database, name, note, looked.template)) {
        op.log(`not permitted, and left out: ${refused}`, 'warn');
      }
      return { oid: await oidOf(session, name), address: session.address };
    });
    const side = { oid: made.oid, name };
    op.step(steps.restore);
    const { jobs, settings } = sessionSettings(looked.machine, looked.facts.neededBytes);
    op.log(`${archive.name} into ${name}, ${jobs} workers, ${settings.join(', ')}`);
    const password = await need.credentials.get(passwordAccount(instance.id), signal);
    const route = await openRoute(need, instance, made, archive, signal);
    op.log(`pg_restore ${route.tool.version}, ${route.tool.place}`);
    try {
      const result = await fill({
        archive,
        route,
        instance,
        database: name,
        password,
        jobs,
        settings,
        superuser: looked.facts.target.role.superuser,
        open: (inner) =>
          connections.open(inDatabase(instance, name), {
            purpose: 'write',
            signal: inner,
            queryTimeoutMs: longestStatement,
          }),
        openAny: (inner) => requireMaintenance(connections, instance, inner),
        op,
        onProving: () => op.step(steps.verify),
      });
      return { side, note, ...result };
    } finally {
      await route.close();
    }
  } catch (error) {
    await dropQuietly(need, instance, name, op);
    throw signal.aborted ? cancelled(error) : error;
  }
}

/** From now on it is of value: whoever is killed, it can be put in place. */
export async function markReady(
  { connections }: Pick<MakeNeed, 'connections'>,
  instance: Instance,
  { side, note }: Pick<Made, 'side' | 'note'>,
  now: Date,
): Promise<void> {
  const ready = writeNote({ ...note, state: 'ready', since: now.toISOString() });
  await fromMaintenance(connections, instance, AbortSignal.timeout(patience), ({ writable }) =>
    writable.run(`COMMENT ON DATABASE ${quoteIdentifier(side.name)} IS ${quoteLiteral(ready)}`),
  );
}

/** Removes one that came to nothing. Never rejects: whatever stays is found again by its name and its note. */
export async function dropQuietly(
  { connections }: Pick<MakeNeed, 'connections'>,
  instance: Instance & { database: string },
  name: string,
  op: Op,
): Promise<void> {
  try {
    await fromMaintenance(connections, instance, AbortSignal.timeout(patience), async (session) => {
      const oid = await oidOf(session, name).catch(() => undefined);
      if (oid === undefined) return;
      await dropBeside(session, instance.database, { oid, name });
      op.log(`${name} was removed`);
    });
  } catch (error) {
    op.log(`${name} could not be removed: ${error instanceof Error ? error.message : String(error)}`, 'warn');
  }
}

async function oidOf({ readable }: PostgresSession, name: string): Promise<number> {
  const [row] = await readable.read<{ oid: number }>(
    `SELECT oid::int8::float8 AS oid FROM pg_database WHERE datname = ${quoteLiteral(name)}`,
  );
  if (row === undefined) throw new Error(`${name} is not there`);
  return row.oid;
}
