import { type Text, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { DatabaseSession, RestoreSource } from '../../../contract/restore.ts';
import type { InPlacePlan } from '../../../contract/restoreInPlace.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import type { PlacedTool } from '../backups/places.ts';
import type { OpenArchive } from './archive.ts';
import { ledgerNow, rowsNow } from './inPlaceRows.ts';
import { lockSeconds } from './inPlaceScript.ts';
import { chooseInPlace, inTheWay, type Situation } from './inPlaceSituation.ts';
import { changedTables, manifestNumbers, numbersOf } from './numbers.ts';

export type PlanFacts = {
  instance: Instance;
  archive: OpenArchive;
  source: RestoreSource;
  situation: Situation;
  session: PostgresSession;
  sessions: readonly DatabaseSession[];
  container: { name: string; up: boolean } | undefined;
  tool: PlacedTool | undefined;
  found: readonly PlacedTool[];
  /** Where the safety backup goes. */
  folder: string;
  withoutSafetyBackup: boolean;
};

/** What would be done, in numbers, and why it would be refused. Reads only. */
export async function planInPlace(facts: PlanFacts): Promise<InPlacePlan> {
  const { instance, archive, source, situation, session, tool } = facts;
  const { manifest } = archive;
  const now = await rowsNow(session);
  const ledger = await ledgerNow(session);
  const ours = situation.objects.filter((object) => object.ours && object.mine);
  const doomed = new Set(ours.filter(({ kind }) => kind === 'table').map(({ schema, name }) => `${schema}.${name}`));
  const known = new Set((manifest?.tables ?? archive.contents.tables).map(({ schema, name }) => `${schema}.${name}`));
  const plain = archive.format === 'sql' || archive.format === 'sql-gzip';
  const counts = new Map<string, number>();
  for (const { kind } of ours) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const numbersNow = numbersOf(now.tables, ledger.there ? ledger.rows.map(({ name }) => name) : null);
  const plan: InPlacePlan = {
    instanceId: instance.id,
    instance: instance.name,
    database: session.database,
    source,
    backup: manifest === undefined ? { tables: archive.contents.tables.length } : manifestNumbers(manifest),
    now: numbersNow,
    nowExact: now.exact,
    changes: manifest === undefined ? [] : changedTables(manifest.tables, now.tables),
    removed: [...counts].map(([kind, count]) => ({ kind, count })),
    unknownTables: plain ? [] : [...doomed].filter((name) => !known.has(name)),
    leftAlone: leftAlone(situation),
    databaseBytes: situation.databaseBytes,
    ...(tool === undefined ? {} : { tool: { version: tool.version, place: tool.place } }),
    notes: [],
    blocked: [],
  };
  return { ...plan, notes: notesOf(plan, facts), blocked: blockedBy(facts, now.unreadable) };
}

function leftAlone({ objects, extensions }: Situation): string[] {
  const others = objects.filter(({ ours }) => !ours).map(({ schema, name }) => `${schema}.${name}`);
  return [
    ...new Set(others),
    ...extensions.filter(({ name }) => name !== 'plpgsql').map(({ name }) => `extension ${name}`),
  ];
}

function listed(names: readonly string[]): string {
  return [...names.slice(0, 10), ...(names.length > 10 ? ['…'] : [])].join(', ');
}

const mega = (bytes: number) => Math.max(1, Math.round(bytes / 1e6));

function notesOf(plan: InPlacePlan, facts: PlanFacts): Text[] {
  const { situation, archive, instance, sessions, container, folder, withoutSafetyBackup } = facts;
  const { database, now, backup, databaseBytes } = plan;
  const { manifest } = archive;
  const schemas = situation.schemas.filter(({ app }) => app).map(({ name }) => name);
  const removed = plan.removed.reduce((sum, { count }) => sum + count, 0);
  const { leftOut } = chooseInPlace(archive.entries, situation);
  const firm = sessions.filter(({ mayEnd }) => !mayEnd);
  const soft = sessions.filter(({ mayEnd }) => mayEnd);
  const words = (some: readonly DatabaseSession[]) =>
    listed(some.map(({ pid, user, application }) => [pid, user, application].filter((part) => part !== '').join(' ')));
  const [before, after] = [now.migrations ?? 0, backup.migrations ?? 0];
  const needed = mega(Math.max(manifest?.database.bytes ?? 0, archive.bytes * 2));
  const notes: (Text | undefined)[] = [
    withoutSafetyBackup
      ? text('restore-in-place.note.without-safety', { rows: now.rows ?? 0, tables: now.tables })
      : text('restore-in-place.note.safety', { folder }),
    text('restore-in-place.note.removes', { count: removed, schemas: listed(schemas) }),
    plan.unknownTables.length > 0
      ? text('restore-in-place.note.unknown', { count: plan.unknownTables.length, names: listed(plan.unknownTables) })
      : undefined,
    plan.leftAlone.length > 0 ? text('restore-in-place.note.left-alone', { names: listed(plan.leftAlone) }) : undefined,
    leftOut.length > 0
      ? text('restore-in-place.note.left-out', { names: listed(leftOut.map(({ kind, rest }) => `${kind} ${rest}`)) })
      : undefined,
    situation.granted.length > 0
      ? text('restore-in-place.note.grants', { count: situation.granted.length, names: listed(situation.granted) })
      : undefined,
    manifest !== undefined && manifest.instance.id !== instance.id
      ? text('restore-in-place.note.other-instance', { name: manifest.instance.name, instance: instance.name })
      : undefined,
    manifest === undefined ? text('restore-in-place.note.no-manifest') : undefined,
    backup.migrations !== undefined && after < before
      ? text('restore-in-place.note.older', { backup: after, now: before })
      : undefined,
    backup.migrations !== undefined && after > before
      ? text('restore-in-place.note.newer', { backup: after, now: before })
      : undefined,
    situation.role === undefined ? undefined : text('restore-in-place.note.role', { owner: situation.role }),
    container?.up === true ? text('restore-in-place.note.server', { container: container.name }) : undefined,
    instance.server === undefined ? text('restore-in-place.note.no-server') : undefined,
    soft.length > 0 ? text('restore-in-place.note.sessions', { count: soft.length, sessions: words(soft) }) : undefined,
    firm.length > 0
      ? text('restore-in-place.note.firm', {
          count: firm.length,
          user: situation.user,
          seconds: lockSeconds,
          sessions: words(firm),
        })
      : undefined,
    text('restore-in-place.note.space', { needed, now: mega(databaseBytes) }),
    text('restore-in-place.note.transaction', { database }),
  ];
  return notes.filter((note) => note !== undefined);
}

function blockedBy(
  { situation, archive, tool, found, withoutSafetyBackup }: PlanFacts,
  unreadable: readonly string[],
): Text[] {
  const { user, extensions, available, dependents } = situation;
  const blocked: Text[] = [];
  if (tool === undefined) {
    const versions = found.map(({ version, place }) => `${version} (${place})`).join(', ');
    blocked.push(
      text('restore-in-place.blocked.tool', {
        major: String(archive.toolMajor ?? ''),
        found: versions === '' ? '–' : versions,
      }),
    );
  }
  if (unreadable.length > 0 && !withoutSafetyBackup) {
    blocked.push(text('restore-in-place.blocked.unreadable', { user, names: listed(unreadable) }));
  }
  const firm = inTheWay(situation, archive);
  if (firm.length > 0) {
    const names = listed(firm.map(({ schema, name, owner }) => `${schema}.${name} (${owner})`));
    blocked.push(text('restore-in-place.blocked.not-owner', { user, count: firm.length, names }));
  }
  if (dependents.length > 0) blocked.push(text('restore-in-place.blocked.depends', { names: listed(dependents) }));
  const there = new Set(extensions.map(({ name }) => name));
  const wanted = archive.manifest?.extensions.map(({ name }) => name) ?? archive.contents.extensions;
  const missing = wanted.filter((name) => !there.has(name) && !available.includes(name));
  if (missing.length > 0) blocked.push(text('restore-in-place.blocked.extension', { user, names: listed(missing) }));
  const closed = situation.schemas.filter(({ app, stays, mayCreate }) => app && stays && !mayCreate);
  for (const { name } of closed) blocked.push(text('restore-in-place.blocked.schema', { user, name }));
  return blocked;
}
