import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { logger } from './log.js';

const log = logger({ module: 'migrations' });

const ledger = `CREATE TABLE IF NOT EXISTS aperture_migrations (
  id SERIAL PRIMARY KEY, name TEXT UNIQUE NOT NULL, applied_at TIMESTAMPTZ DEFAULT now())`;

/** @param {string} folder */
const migrationsIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();

/** @param {pg.Pool} pool */
async function appliedIn(pool) {
  await pool.query(ledger);
  const { rows } = await pool.query('SELECT name FROM aperture_migrations');
  return new Set(rows.map(({ name }) => name));
}

/**
 * Names of the migrations that the database does not have yet.
 *
 * @param {string} databaseUrl
 * @param {string} folder
 */
export async function pendingMigrations(databaseUrl, folder) {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  try {
    const applied = await appliedIn(pool);
    return migrationsIn(folder).filter((name) => !applied.has(name));
  } finally {
    await pool.end();
  }
}

/**
 * Applies what is pending, each in a transaction of its own, and takes no lock against another server that does the same.
 *
 * @param {string} databaseUrl
 * @param {string} folder
 * @returns {Promise<string[]>} names of what was applied now
 */
export async function migrate(databaseUrl, folder) {
  // No time limit anywhere: with a server that accepts and never answers, this waits for ever.
  const pool = new pg.Pool({ connectionString: databaseUrl });
  try {
    const known = await appliedIn(pool);
    const all = migrationsIn(folder);
    log('info', { total: all.length, applied: known.size }, 'Starting migrations');
    /** @type {string[]} */
    const applied = [];
    for (const name of all.filter((each) => !known.has(each))) {
      await apply(pool, folder, name);
      applied.push(name);
    }
    log('info', { applied }, 'Migrations completed');
    return applied;
  } finally {
    await pool.end();
  }
}

/** @param {pg.Pool} pool @param {string} folder @param {string} name */
async function apply(pool, folder, name) {
  log('info', { migration: name }, 'Applying migration');
  const client = await pool.connect();
  const onNotice = (notice) =>
    log('info', { migration: name, notice: notice.message, severity: notice.severity }, notice.message ?? '');
  client.on('notice', onNotice);
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO aperture_migrations (name) VALUES ($1)', [name]);
    await client.query(readFileSync(path.join(folder, name), 'utf8'));
    await client.query('COMMIT');
    log('info', { migration: name }, 'Migration applied successfully');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    log('error', { migration: name, err: { ...error, message: error.message } }, 'Migration failed');
    throw error;
  } finally {
    client.off('notice', onNotice);
    client.release();
  }
}
