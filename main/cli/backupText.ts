import type {
  ArchiveInspection,
  BackupPlan,
  BackupVerification,
  BackupView,
  ServerBackups,
} from '../../contract/backup.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import { table } from './output.ts';

/** `317 MB` */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value >= 10 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

function stateText(verification: BackupVerification): string {
  switch (verification.state) {
    case 'verified':
      return say(text('cli.backup.state.verified', { at: verification.at }));
    case 'unverified':
      return say(text('cli.backup.state.unverified'));
    case 'damaged': {
      const why = say(text(`cli.backup.why.${verification.why}`));
      const told = say(text('cli.backup.state.damaged', { why }));
      return verification.detail === undefined ? told : `${told} (${verification.detail})`;
    }
  }
}

/** A line each. */
export function listText(backups: readonly BackupView[]): string {
  if (backups.length === 0) return say(text('cli.backup.none'));
  return table(
    backups.map(({ id, manifest, modifiedAt, bytes, where, verification, label }) => [
      id,
      manifest?.createdAt ?? modifiedAt,
      manifest?.instance.name ?? where.path,
      sizeText(bytes),
      stateText(verification),
      label ?? '',
    ]),
  );
}

/** Everything that the manifest tells. */
export function backupText({ id, manifest, where, bytes, verification, label }: BackupView): string {
  const head = [
    where.path,
    ...(label === undefined ? [] : [label]),
    `${sizeText(bytes)}, ${stateText(verification)}`,
    id,
  ];
  if (manifest === undefined) return head.join('\n');
  const { server, tool, restorableTo, tables, warnings, createdAt, instance, file } = manifest;
  return [
    ...head,
    `${instance.name}, ${createdAt}, PostgreSQL ${server.version}, pg_dump ${tool.version}, ${file.compression}`,
    restorableText(
      restorableTo.major,
      restorableTo.extensions.map(({ name, version }) => `${name} ${version}`),
    ),
    `sha256 ${file.sha256}`,
    '',
    table(tables.map(({ schema, name, rows }) => [`${schema}.${name}`, String(rows)])),
    ...warnings,
  ].join('\n');
}

function restorableText(major: number, extensions: readonly string[]): string {
  const values = { major: String(major), extensions: extensions.length === 0 ? 'none' : extensions.join(', ') };
  return say(text('cli.backup.restorable', values));
}

/** What a backup would do. */
export function planText(plan: BackupPlan): string {
  const { tool, choices, folder, server, problem } = plan;
  const others = choices
    .filter((choice) => choice !== tool && JSON.stringify(choice.route) !== JSON.stringify(tool.route))
    .map(({ version, place, unusable }) => `${version} ${place}${unusable === undefined ? '' : ` (${unusable})`}`);
  return [
    say(text('cli.backup.plan-tool', { version: tool.version, place: tool.place })),
    say(text('cli.backup.plan-folder', { folder, free: sizeText(plan.freeBytes) })),
    say(
      text('cli.backup.plan-database', {
        version: server.version,
        size: sizeText(plan.databaseBytes),
        tables: String(plan.tables),
      }),
    ),
    say(
      text('cli.backup.plan-estimate', { size: sizeText(plan.estimatedBytes), seconds: String(plan.estimatedSeconds) }),
    ),
    ...(others.length === 0 ? [] : [say(text('cli.backup.plan-others', { names: others.join('; ') }))]),
    ...plan.warnings.map((warning) => say(warning)),
    ...(problem === undefined ? [] : Object.values(problemText(problem)).filter((words) => typeof words === 'string')),
  ].join('\n');
}

/** What is in a dump of somebody else's. */
export function inspectionText(dump: ArchiveInspection): string {
  const { path, bytes, format, serverVersion, toolVersion, createdAt, verification, restorableTo, tables } = dump;
  const made = [createdAt, serverVersion && `PostgreSQL ${serverVersion}`, toolVersion && `pg_dump ${toolVersion}`];
  return [
    path,
    `${format}, ${sizeText(bytes)}, ${stateText(verification)}`,
    ...(serverVersion === undefined ? [] : [made.filter(Boolean).join(', ')]),
    ...(restorableTo === undefined ? [] : [restorableText(restorableTo.major, restorableTo.extensions)]),
    ...dump.warnings.map((warning) => say(warning)),
    ...(tables.length === 0 ? [] : ['', ...tables.map(({ schema, name }) => `${schema}.${name}`)]),
  ].join('\n');
}

/** The server's own dumps, and why some are bad. */
export function serverBackupsText({ backups, folder, warnings }: ServerBackups): string {
  if (backups.length === 0) return say(text('cli.backup.server-none', { folder }));
  const rows = backups.map(({ name, bytes, modifiedAt, state, detail }) => [
    name,
    modifiedAt,
    sizeText(bytes),
    `${say(text(`cli.backup.file-state.${state}`))}${detail === undefined ? '' : ` (${detail.split('\n')[0]})`}`,
  ]);
  return [table(rows), ...warnings.map((warning) => say(warning))].join('\n');
}
