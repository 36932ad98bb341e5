import { type Text, text } from '../../../contract/copy/text.ts';
import type { MigrationPreview, StatementPreview, StatementWarning } from '../../../contract/migration.ts';
import type { ServerUse, VerifiedBackup } from '../../../contract/migrationRun.ts';
import type { Ledger } from './ledger.ts';
import { serverSessions, sessionWords } from './serverUse.ts';
import type { MigrationFile } from './source.ts';

/** A place where data is destroyed. */
export type Destroyed = { name: string; line: number; object: string; rows?: number };

/** Where data is destroyed. */
export function destroyedBy(preview: readonly MigrationPreview[]): Destroyed[] {
  return preview.flatMap(({ name, statements }) =>
    statements.flatMap(({ line, command, warnings }) =>
      destroying(warnings).map(({ object, rows }) => ({
        name,
        line,
        object: object ?? command,
        ...(rows === undefined ? {} : { rows }),
      })),
    ),
  );
}

/** An effect on nothing is none. */
function destroying(warnings: readonly StatementWarning[]): StatementWarning[] {
  return warnings.filter(({ effect, rows, rowsExact }) => effect === 'destroys-data' && !(rows === 0 && rowsExact));
}

/** What keeps a run from being begun as things are, other than a running container, which the app can stop. */
export function blockedBy(pending: readonly MigrationFile[], server: ServerUse): Text[] {
  const blocked: Text[] = [];
  for (const { problem } of pending) {
    if (problem !== undefined) blocked.push(text(`problem.${problem.code}.title`, problem.values));
  }
  const sessions = serverSessions(server);
  if (server.container?.up !== true && sessions.length > 0) {
    blocked.push(text('migrate.note.sessions', { count: sessions.length, who: sessionWords(sessions) }));
  }
  return blocked;
}

/** What to know before a run. */
export function notesOf(of: {
  files: readonly MigrationFile[];
  pending: readonly MigrationFile[];
  ledger: Ledger;
  server: ServerUse;
  preview: readonly MigrationPreview[];
  backup: VerifiedBackup | undefined;
  needsOverride: boolean;
}): Text[] {
  const { files, pending, ledger, server, preview, backup, needsOverride } = of;
  const known = new Set(files.map(({ name }) => name));
  const unknown = ledger.rows.filter(({ name }) => !known.has(name));
  const last = ledger.rows.at(-1)?.name ?? '';
  const early = pending.filter(({ name }) => name < last);
  return [
    ...(unknown.length === 0 ? [] : [text('migrate.note.unknown', { count: unknown.length })]),
    ...(early.length === 0
      ? []
      : [text('migrate.note.out-of-order', { count: early.length, names: namesOf(early.map(({ name }) => name)) })]),
    ...preview.flatMap(({ name, statements }) => statements.flatMap((each) => statementNotes(name, each))),
    ...(needsOverride ? [text('migrate.note.no-backup')] : []),
    ...(backup === undefined ? [] : [text('migrate.note.backup', { at: backup.at })]),
    ...serverNotes(server),
    ...(pending.length > 1 ? [text('migrate.note.one-by-one')] : []),
  ];
}

function namesOf(names: readonly string[]): string {
  return [...names.slice(0, 5), ...(names.length > 5 ? ['…'] : [])].join(', ');
}

function statementNotes(name: string, { line, command, warnings, needs }: StatementPreview): Text[] {
  const notes: Text[] = [];
  if (warnings.some(({ reason }) => reason === 'outside-transaction')) {
    notes.push(text('migrate.note.no-transaction', { name, line, command }));
  }
  for (const { object = command, rows } of destroying(warnings)) {
    notes.push(text('migrate.note.destroys', { name, line, object, rows: rows ?? -1 }));
  }
  for (const { effect, object = command } of warnings) {
    if (effect === 'rewrites-table') notes.push(text('migrate.note.rewrites', { name, line, object }));
  }
  for (const each of needs) {
    if (each.kind === 'extension' && each.state !== 'available') {
      notes.push(text('migrate.note.needs-extension', { name, line, extension: each.name, state: each.state }));
    }
  }
  return notes;
}

function serverNotes(server: ServerUse): Text[] {
  const { container } = server;
  const notes: Text[] = [];
  if (container === undefined) notes.push(text('migrate.note.server-unknown'));
  else if (container.up) notes.push(text('migrate.note.server-running', { container: container.name }));
  else notes.push(text('migrate.note.server-stopped', { container: container.name, state: container.state }));
  const others = server.sessions.filter(({ ownRole }) => !ownRole);
  if (others.length > 0) {
    notes.push(text('migrate.note.sessions', { count: others.length, who: sessionWords(others) }));
  }
  return notes;
}
