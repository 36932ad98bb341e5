import { format, type Table } from './table.ts';

/** Runs the benchmarks that are named (all when none is), one after the other, and prints one table. */
const all: Record<string, () => Promise<Table>> = {
  startup: async () => (await import('./startup.ts')).run(),
  checks: async () => (await import('./checks.ts')).run(),
  preview: async () => (await import('./preview.ts')).run(),
  tunnel: async () => (await import('./tunnel.ts')).run(),
  logView: async () => (await import('./logView.ts')).run(),
  migrate: async () => (await import('./migrate.ts')).run(),
  backup: async () => (await import('./backup.ts')).run(),
  restore: async () => (await import('./restore.ts')).run(),
  age: async () => (await import('./age.ts')).run(),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in all));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(all).join(', ')}\n`);
  process.exit(2);
}
const tables: Table[] = [];
for (const [name, measure] of Object.entries(all)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`Measuring ${name} …\n`);
  tables.push(await measure());
}
process.stdout.write(`${format(tables)}\n`);
process.exit(0);
