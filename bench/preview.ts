import { fileURLToPath } from 'node:url';
import { directDial } from '../main/adapters/directDial.ts';
import { connectPostgres } from '../main/adapters/postgres/connectPostgres.ts';
import { loadGrammar } from '../main/adapters/sqlGrammar.ts';
import { readLedger } from '../main/services/migrations/ledger.ts';
import { previewFiles } from '../main/services/migrations/preview/preview.ts';
import { readMigrations } from '../main/services/migrations/source.ts';
import { pendingFiles } from '../main/services/migrations/status.ts';
import { testData } from '../test/support/migrations/data.ts';
import { realisticMigrations, tableMigrations, writeMigrations } from '../test/support/migrations/set.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { supportFolder } from '../test/support/supportFolder.ts';
import { format, median, type Table } from './table.ts';

/**
 * The preview of all files of a set in a folder against a database that has the tables with data in them and an empty ledger. The rival reads the
 * same files and the ledger and only parses, with the same library: what is above it is the price of knowing what the statements do.
 */
export async function run(rounds = 7): Promise<Table> {
  const server = await startPostgres({ major: 17 });
  const set = realisticMigrations();
  const folder = writeMigrations(supportFolder('preview'), set);
  await server.sql('CREATE DATABASE aperture');
  await server.sql(
    set
      .slice(0, tableMigrations())
      .map(({ sql }) => sql)
      .join('\n'),
    { database: 'aperture' },
  );
  await server.sql(testData({ rows: 2_000 }), { database: 'aperture' });
  const session = await connectPostgres({
    settings: {
      hosts: [{ host: server.host, port: server.port }],
      database: 'aperture',
      user: server.superuser,
      tls: { mode: 'disable' },
      channelBinding: 'prefer',
      targetSessionAttrs: 'any',
      connectTimeoutSeconds: 30,
    },
    password: server.superPassword,
    dial: directDial(),
    tlsFor: () => false,
    signal: new AbortController().signal,
    queryTimeoutMs: 60_000,
  });
  const pending = async () => {
    const { files } = await readMigrations(
      { kind: 'folder', path: folder },
      {
        dockerHosts: { engine: () => Promise.reject(new Error('no Docker here')) },
        signal: new AbortController().signal,
      },
    );
    return pendingFiles(files, await readLedger(session));
  };
  const timed = async (body: () => Promise<unknown>) => {
    const began = performance.now();
    await body();
    return performance.now() - began;
  };
  const loading = await timed(loadGrammar);
  const grammar = await loadGrammar();
  const [ours, rival]: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await timed(async () => previewFiles(grammar, await pending(), session)));
      rival.push(await timed(async () => (await pending()).map(({ sql }) => grammar.parse(sql))));
    }
  } finally {
    await session.close();
    await server.stop('immediate');
  }
  const milliseconds = median(ours) + loading;
  return {
    rows: [
      {
        name: `Preview of ${set.length} migrations, loading the grammar (${loading.toFixed(0)} ms) included`,
        ours: `${milliseconds.toFixed(0)} ms`,
        rival: `${(median(rival) + loading).toFixed(0)} ms reading and parsing them only`,
        ratio: milliseconds / (median(rival) + loading),
        goal: '< 1000 ms',
      },
    ],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${format([await run()])}\n`);
  process.exit(0);
}
