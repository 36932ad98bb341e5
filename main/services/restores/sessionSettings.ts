import { availableParallelism, freemem } from 'node:os';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';

/** What is known of the computer that the database server runs on. Bytes. */
export type Machine = {
  /** Memory that is free there; missing where nobody tells. */
  freeMemory?: number;
  processors?: number;
  sharedBuffers: number;
  maintenanceMemory: number;
};

const mega = 1024 * 1024;
/** Megabytes where nothing is known: enough for graphs of tens of thousands of vectors, little enough for a small computer. */
const usual = 256;
const most = 2048;

/**
 * How many workers, and the settings of their sessions. An HNSW graph is built quickly as long as it fits into
 * `maintenance_work_mem`; workers of one index would share it in /dev/shm, of which Docker gives 64 MB, so each index is built by one
 * process and several indexes at once. Nothing waits for the disk at every small step: the step that counts is written for good after
 * all others.
 */
export function sessionSettings(machine: Machine, databaseBytes: number): { jobs: number; settings: string[] } {
  const jobs = Math.max(2, Math.min(4, machine.processors ?? 2));
  const { freeMemory, sharedBuffers, maintenanceMemory } = machine;
  const room = freeMemory === undefined ? Math.max(usual * mega, sharedBuffers / 4) : freeMemory / 2 / jobs;
  // More than all of the data is never of use.
  const wanted = Math.min(room, Math.max(64 * mega, databaseBytes), most * mega);
  const memory = Math.max(wanted, maintenanceMemory);
  return {
    jobs,
    settings: [
      `maintenance_work_mem=${Math.floor(memory / mega)}MB`,
      'max_parallel_maintenance_workers=0',
      'synchronous_commit=off',
      'statement_timeout=0',
      'idle_in_transaction_session_timeout=0',
    ],
  };
}

/** Looks at the server's settings and, where the role may read them or the server is on this computer, at its memory. */
export async function readMachine(
  session: Pick<PostgresSession, 'readable' | 'address'>,
  direct: boolean,
): Promise<Machine> {
  const [row] = await session.readable.read<{ buffers: number; maintenance: number; superuser: boolean }>(
    `SELECT pg_size_bytes(current_setting('shared_buffers'))::float8 AS buffers,
       pg_size_bytes(current_setting('maintenance_work_mem'))::float8 AS maintenance,
       current_setting('is_superuser') = 'on' AS superuser`,
  );
  const known = { sharedBuffers: row?.buffers ?? 0, maintenanceMemory: row?.maintenance ?? 0 };
  const { host } = session.address;
  const here = direct && (host.startsWith('/') || /^(?:localhost|127\.|::1$)/.test(host));
  if (row?.superuser === true) {
    const asked = await askServer(session);
    if (asked !== undefined) return { ...known, ...asked };
  }
  // In a container on this computer it may have less; half of what is free is left anyway.
  return here ? { ...known, freeMemory: freemem(), processors: availableParallelism() } : known;
}

async function askServer({ readable }: Pick<PostgresSession, 'readable'>): Promise<Partial<Machine> | undefined> {
  try {
    const [row] = await readable.read<{
      memory: string | null;
      limit: string | null;
      used: string | null;
      cpu: string | null;
    }>(
      `SELECT pg_read_file('/proc/meminfo', 0, 100000, true) AS memory,
         pg_read_file('/sys/fs/cgroup/memory.max', 0, 1000, true) AS "limit",
         pg_read_file('/sys/fs/cgroup/memory.current', 0, 1000, true) AS used,
         pg_read_file('/proc/cpuinfo', 0, 1000000, true) AS cpu`,
    );
    const available = /^MemAvailable:\s+(\d+) kB/m.exec(row?.memory ?? '')?.[1];
    if (available === undefined) return undefined;
    const limit = Number.parseInt(row?.limit ?? '', 10);
    const left = Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit - Number.parseInt(row?.used ?? '0', 10);
    const processors = row?.cpu?.match(/^processor\s*:/gm)?.length;
    return {
      freeMemory: Math.max(0, Math.min(Number(available) * 1024, left)),
      ...(processors === undefined ? {} : { processors }),
    };
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}
