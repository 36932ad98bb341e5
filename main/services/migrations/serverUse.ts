import { setTimeout as delay } from 'node:timers/promises';
import type { OtherSession, ServerUse } from '../../../contract/migrationRun.ts';
import type { ServerPlace } from '../../../contract/server.ts';
import { inspectContainer } from '../../adapters/docker/inspect.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import { containerState } from '../server/containerState.ts';

/** As this app's own sessions are called. */
const ownApplication = 'Aperture Companion';

/** Whether the server uses the database: by its container, and by who else is logged in. A Docker that can't be asked tells nothing. */
export async function lookAtServerUse(
  session: PostgresSession,
  place: ServerPlace | undefined,
  dockerHosts: Pick<DockerHosts, 'engine'>,
  signal: AbortSignal,
): Promise<ServerUse> {
  const sessions = await otherSessions(session);
  if (place === undefined) return { sessions };
  try {
    const { cli } = await dockerHosts.engine(place.docker, signal);
    const inspected = await inspectContainer(cli, place.container, { signal });
    if (inspected === undefined) return { sessions };
    const { kind } = containerState(inspected, Date.now());
    const up = kind === 'running' || kind === 'restarting' || kind === 'paused';
    return { sessions, container: { name: place.container, state: kind, up } };
  } catch (error) {
    if (!(error instanceof ProblemError) || signal.aborted) throw error;
    return { sessions };
  }
}

/** Everybody else who is logged in to this database, also those of whom this role sees nothing more than that. */
async function otherSessions({ readable }: PostgresSession): Promise<OtherSession[]> {
  return readable.read<OtherSession>(
    `SELECT pid, coalesce(usename, '') AS "user", coalesce(application_name, '') AS application,
            coalesce(host(client_addr), '') AS client,
            usename IS NOT NULL AND usename IN (current_user,
              (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass('aperture_migrations'))) AS "ownRole"
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
       AND coalesce(application_name, '') <> '${ownApplication}'
     ORDER BY pid`,
  );
}

/** Those that may be the server's: logged in with the app's role, or as the owner of the tables. */
export function serverSessions({ sessions }: ServerUse): OtherSession[] {
  return sessions.filter(({ ownRole }) => ownRole);
}

export function sessionWords(sessions: readonly OtherSession[]): string {
  const shown = sessions
    .slice(0, 5)
    .map(({ pid, user, application, client }) => `${pid} ${user} (${application || '?'}) ${client}`.trim());
  return [...shown, ...(sessions.length > 5 ? ['…'] : [])].join(', ');
}

/** Waits until nobody who may be the server is logged in any more. Raises `migrations-server-running` after so many seconds. */
export async function waitUntilUnused(session: PostgresSession, seconds: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const left = serverSessions({ sessions: await otherSessions(session) });
    if (left.length === 0) return;
    if (performance.now() >= until) throw serverRunning(sessionWords(left));
    await delay(250, undefined, { signal }).catch((cause: unknown) => {
      throw cancelled(cause);
    });
  }
}

export function serverRunning(why: string): ProblemError {
  return new ProblemError('migrations-server-running', { why });
}
