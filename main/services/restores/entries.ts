/** One line of an archive's table of contents. Names with blanks are told as far as the list lets them be told apart. */
export type ArchiveEntry = {
  /** As pg_restore wrote it and reads it again with `--use-list`. */
  line: string;
  /** `TABLE`, `TABLE DATA`, `INDEX`, `COMMENT` … */
  kind: string;
  /** What comes after the kind: schema, name and owner. */
  rest: string;
};

const kinds = [
  'ACCESS METHOD',
  'ACL LANGUAGE',
  'BLOB COMMENTS',
  'BLOB METADATA',
  'CHECK CONSTRAINT',
  'DATABASE PROPERTIES',
  'DEFAULT ACL',
  'EVENT TRIGGER',
  'FK CONSTRAINT',
  'FOREIGN DATA WRAPPER',
  'FOREIGN SERVER',
  'FOREIGN TABLE',
  'INDEX ATTACH',
  'LARGE OBJECT',
  'MATERIALIZED VIEW DATA',
  'MATERIALIZED VIEW',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'PROCEDURAL LANGUAGE',
  'PUBLICATION TABLE',
  'PUBLICATION TABLES IN SCHEMA',
  'ROW SECURITY',
  'SECURITY LABEL',
  'SEQUENCE OWNED BY',
  'SEQUENCE SET',
  'SHELL TYPE',
  'STATISTICS DATA',
  'SUBSCRIPTION TABLE',
  'TABLE ATTACH',
  'TABLE DATA',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
  'TEXT SEARCH PARSER',
  'TEXT SEARCH TEMPLATE',
  'USER MAPPING',
];

/** The entries of `pg_restore -l`, in their order; what is a remark there is left out. */
export function readEntries(list: string): ArchiveEntry[] {
  const entries: ArchiveEntry[] = [];
  for (const line of list.split('\n')) {
    const said = /^\d+; \d+ \d+ (.+)$/.exec(line)?.[1];
    if (said === undefined) continue;
    const kind = kinds.find((one) => said.startsWith(`${one} `)) ?? said.split(' ', 1)[0] ?? '';
    entries.push({ line, kind, rest: said.slice(kind.length + 1) });
  }
  return entries;
}

/** CREATE EXTENSION says it by itself, and only the owner may say it again. */
export function isExtensionComment({ kind, rest }: ArchiveEntry): boolean {
  return kind === 'COMMENT' && /^- EXTENSION /.test(rest);
}

/** Indexes, those of primary keys, unique and exclusion constraints among them. */
export function indexCount(entries: readonly ArchiveEntry[]): number {
  return entries.filter(({ kind }) => kind === 'INDEX' || kind === 'CONSTRAINT').length;
}

/** What `--use-list` reads. */
export function listText(entries: readonly ArchiveEntry[]): string {
  return entries.map(({ line }) => line).join('\n');
}
