import type { ArchiveInspection } from '../../../contract/backup.ts';

export type ArchiveContents = Pick<
  ArchiveInspection,
  'serverVersion' | 'toolVersion' | 'createdAt' | 'database' | 'compression' | 'tables' | 'extensions'
>;

/** What `pg_restore -l` says of an archive. Names with blanks are told as far as the list lets them be told apart. */
export function readArchiveList(list: string): ArchiveContents {
  const value = (label: string) => new RegExp(`^;\\s+${label}:? (.+)$`, 'm').exec(list)?.[1]?.trim();
  const contents: ArchiveContents = { tables: [], extensions: [] };
  const [serverVersion, toolVersion] = [value('Dumped from database version'), value('Dumped by pg_dump version')];
  const [createdAt, database, compression] = [value('Archive created at'), value('dbname'), value('Compression')];
  if (serverVersion !== undefined) contents.serverVersion = serverVersion.split(' ', 1)[0] ?? serverVersion;
  if (toolVersion !== undefined) contents.toolVersion = toolVersion.split(' ', 1)[0] ?? toolVersion;
  if (createdAt !== undefined) contents.createdAt = createdAt;
  if (database !== undefined) contents.database = database;
  if (compression !== undefined) contents.compression = compression;
  for (const line of list.split('\n')) {
    const table = /^\d+; \d+ \d+ TABLE (?!DATA |ATTACH )(\S+) (.+) (\S+)$/.exec(line);
    if (table !== null) {
      const [, schema = '', name = '', owner = ''] = table;
      contents.tables.push({ schema, name, owner });
    }
    const extension = /^\d+; \d+ \d+ EXTENSION - (\S+)/.exec(line)?.[1];
    if (extension !== undefined) contents.extensions.push(extension);
  }
  return contents;
}
