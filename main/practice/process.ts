import { rm, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { vector } from '@electric-sql/pglite-pgvector';
import { readTextIfPresent, writeAtomically } from '../adapters/files.ts';
import { ownIdentity } from '../adapters/processIdentity.ts';
import { tryLock } from '../adapters/processLock.ts';
import { type FromPractice, type PortFile, portFileSchema, practiceFiles, toPracticeSchema } from './protocol.ts';
import { servePostgres } from './server.ts';

/**
 * The practice database: PostgreSQL in WebAssembly, which computes on its thread, so it has a process of its own.
 * Arguments: folder, process id of the owner (it ends when that is gone). Listens on 127.0.0.1 only, and lets in whoever connects from there.
 *
 * All connections share one backend: a transaction keeps the others waiting, and session settings are seen by all.
 */
const [folder = '', ownerPid = ''] = process.argv.slice(2);

/** Connections at a time: as many as the server's pool may use, and the app's own. */
const maxConnections = 25;

type ParentPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
};

// Electron's utility processes have this instead of process.send.
const parentPort = (process as { parentPort?: ParentPort }).parentPort;

const tell = (message: FromPractice): Promise<void> =>
  new Promise((resolve) => {
    if (parentPort !== undefined) {
      parentPort.postMessage(message);
      resolve();
    } else if (process.connected && process.send !== undefined) process.send(message, () => resolve());
    else resolve();
  });

const files = practiceFiles(folder);
let stop: () => Promise<void> = async () => process.exit(0);

const onMessage = (message: unknown) => {
  if (toPracticeSchema.safeParse(message).success) void stop();
};
parentPort?.on('message', ({ data }) => onMessage(data));
process.on('message', onMessage);
process.on('disconnect', () => void stop());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
// A killed owner says nothing: then its death is noticed here.
setInterval(() => {
  try {
    process.kill(Number(ownerPid), 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') void stop();
  }
}, 1_000).unref();

try {
  await serve();
} catch (error) {
  await tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

async function serve(): Promise<void> {
  const taken = await tryLock(files.lock, { purpose: 'practice' });
  if ('holder' in taken) {
    await tell({ type: 'held' });
    process.exit(0);
  }
  if ((await readTextIfPresent(files.initialised)) === undefined) {
    await rm(files.data, { recursive: true, force: true });
  }
  const db = await open();
  await writeFile(files.initialised, '', { mode: 0o600 });
  const server = await listen(db, await previousPort());

  let stopping = false;
  stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.close();
    await db.close();
    await rm(files.port, { force: true });
    await taken.lock.release();
    process.exit(0);
  };

  const since = new Date().toISOString();
  const content: PortFile = { ...(await ownIdentity()), port: server.port, since };
  await writeAtomically(files.port, JSON.stringify(content));
  await tell({ type: 'ready', port: server.port });
}

/** PostgreSQL in WebAssembly says little more than "Aborted()" about data that it cannot use, so this says which. */
async function open(): Promise<PGlite> {
  try {
    return await PGlite.create({ dataDir: files.data, extensions: { vector, pgcrypto, pg_trgm } });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`PostgreSQL could not open its data in ${files.data}: ${words}`, { cause: error });
  }
}

/** The port of the last time, if it is still free, so that what was told to other programs stays true. */
async function listen(db: PGlite, preferred: number): ReturnType<typeof servePostgres> {
  const backend = {
    async exchange(message: Uint8Array, onAnswer: (data: Uint8Array) => void) {
      try {
        await db.runExclusive(() => db.execProtocolRawStream(message, { onRawData: onAnswer }));
      } catch (error) {
        // SQL errors are answers; what throws here is the end of the backend, which nothing but a new process helps.
        await tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
        process.exit(70);
      }
    },
  };
  try {
    return await servePostgres({ backend, port: preferred, maxConnections });
  } catch (error) {
    if (preferred === 0) throw error;
    return await servePostgres({ backend, port: 0, maxConnections });
  }
}

async function previousPort(): Promise<number> {
  try {
    const parsed = portFileSchema.safeParse(JSON.parse((await readTextIfPresent(files.port)) ?? ''));
    return parsed.success ? parsed.data.port : 0;
  } catch {
    return 0;
  }
}
