import { say, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Connections } from '../connections.ts';
import type { Servers } from '../servers.ts';

/** Raises `restore-not-healthy`: the server is not ready with the database in use, or, without a server, the database is empty. */
export async function requireHealthy(
  { servers, connections }: { servers: Pick<Servers, 'status'>; connections: Pick<Connections, 'open'> },
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  const { server } = instance;
  if (server !== undefined) {
    const status = await servers.status({ place: server, instance }, { signal, resources: false });
    if (status.started) return;
    const reason = status.missing.map((part) => say(text(`server.missing.${part}`))).join('; ');
    throw new ProblemError('restore-not-healthy', { reason: `${server.container}: ${reason}.` });
  }
  const session = await connections.open(instance, { purpose: 'read', signal });
  try {
    const [row] = await session.readable.read<{ tables: number }>(
      `SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'`,
    );
    if ((row?.tables ?? 0) > 0) return;
  } finally {
    await session.close();
  }
  throw new ProblemError('restore-not-healthy', { reason: say(text('restore.health.empty')) });
}
