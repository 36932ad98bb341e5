import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createApi } from './api.js';
import { readEnvironment } from './environment.js';
import { logger } from './log.js';
import { migrate, pendingMigrations } from './migrations.js';

// A stand-in for the Aperture server: the same environment, lines, routes, exit codes and driver as seen from outside,
// and nothing of what the real one is for. It is laid out in /app as the real one is.
const here = path.dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
const migrations = path.join(here, '..', '..', '..', 'db', 'migrations');

async function start() {
  const environment = environmentOrExit();
  const { databaseUrl, port } = environment;
  if (environment.migrate) await migrateOrExit(databaseUrl);
  else await warnOfPending(databaseUrl);

  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  // A session that the database ends while it idles must not end the server.
  pool.on('error', (error) => console.error('Unexpected error on idle client', error));
  const api = createApi(pool, version);
  const stop = async (signal) => {
    console.log(`\n${signal} received, shutting down gracefully...`);
    api.close();
    api.closeAllConnections();
    await Promise.race([pool.end(), new Promise((resolve) => setTimeout(resolve, 300))]);
    console.log('Server closed');
    process.exit(0);
  };
  // Only now: before, as the container's first process, it is deaf to SIGTERM.
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  api.listen(port, '0.0.0.0', () => {
    logger({ name: 'api' })('info', {}, `Server listening at http://127.0.0.1:${port}`);
    console.log(`🚀 Aperture API server running at http://127.0.0.1:${port}`);
  });
}

function environmentOrExit() {
  try {
    return readEnvironment(process.env);
  } catch (error) {
    console.error('Failed to validate environment:', error);
    return process.exit(1);
  }
}

async function migrateOrExit(databaseUrl) {
  console.log('🔮 Running database migrations...');
  try {
    const applied = await migrate(databaseUrl, migrations);
    if (applied.length > 0) console.log(`✓ Applied ${applied.length} migration(s)`);
    else console.log('✓ Database is up to date');
  } catch (error) {
    console.error('Failed to run migrations:', error);
    process.exit(1);
  }
}

async function warnOfPending(databaseUrl) {
  try {
    const pending = await pendingMigrations(databaseUrl, migrations);
    if (pending.length > 0) console.warn(`⚠ ${pending.length} pending migration(s). Run 'pnpm db:migrate' to apply.`);
  } catch {
    console.warn('⚠ Could not check migration status');
  }
}

await start();
