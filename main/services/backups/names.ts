/** `aperture_<instance>_<UTC time>_<schema>.dump`, in characters that every file system and every storage takes. */
export function backupName(instance: string, at: Date, ledger: readonly string[] | null): string {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  return `aperture_${slug(instance)}_${time}_${schemaName(ledger)}.dump`;
}

/** The number of the last migration, else its name. */
function schemaName(ledger: readonly string[] | null): string {
  const last = ledger?.at(-1);
  if (last === undefined) return 'empty';
  return /^\d+/.exec(last)?.[0] ?? slug(last.replace(/\.sql$/, ''));
}

function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return plain === '' ? 'instance' : plain;
}
