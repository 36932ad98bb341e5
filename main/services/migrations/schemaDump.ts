import { text as readText } from 'node:stream/consumers';
import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { Host } from '../../adapters/host.ts';
import { localTools } from '../../adapters/tools/toolPlace.ts';
import { cancelled } from '../../problems/ProblemError.ts';
import { dumpEnvironment } from '../backups/dump.ts';
import { passwordAccount } from '../instances.ts';
import type { Credentials } from '../ports.ts';
import type { Tools } from '../tools.ts';

/** Where the schema is read from. */
export type SchemaOf = { instance: Instance; address: DatabaseAddress; major: number };

/** The definitions of a database as SQL for a session of the server, without rows, owners and rights; undefined where no tool can tell. */
export type DumpSchema = (
  of: SchemaOf,
  log: (line: string, level?: 'warn') => void,
  signal: AbortSignal,
) => Promise<string | undefined>;

const options = ['--schema-only', '--no-owner', '--no-privileges', '--no-comments', '--no-password'];

/** What a newer pg_dump writes for psql, or sets although an older server does not know it. */
const notForSession = /^(?:\\(?:un)?restrict .*|SET transaction_timeout = .*;)$/gm;

/** By a pg_dump of this computer that is not older than the server, over a direct route. */
export function createSchemaDump({
  tools,
  thisComputer,
  credentials,
}: {
  tools: Pick<Tools, 'findPostgres'>;
  thisComputer: Host;
  credentials: Pick<Credentials, 'get'>;
}): DumpSchema {
  return async ({ instance, address, major }, log, signal) => {
    const { connection: settings, route, id } = instance;
    if (settings === undefined || route.kind !== 'direct' || instance.kind === 'practice') return undefined;
    const [tool] = (await tools.findPostgres())
      .filter((found) => found.tool === 'pg_dump' && found.path !== undefined && (found.major ?? 0) >= major)
      .sort((a, b) => (a.major ?? 0) - (b.major ?? 0));
    const path = tool?.path;
    if (path === undefined) return undefined;
    const password = await credentials.get(passwordAccount(id), signal);
    const applicationName = 'Aperture Companion';
    const connect = dumpEnvironment({ settings, password, dial: undefined, applicationName }, address);
    const running = await localTools(thisComputer, () => path).start('pg_dump', options, { signal, ...connect });
    try {
      running.stdin.end();
      const [sql, words, { exitCode }] = await Promise.all([
        readText(running.stdout),
        readText(running.stderr),
        running.done,
      ]);
      if (signal.aborted) throw cancelled(signal.reason);
      if (exitCode === 0) return sql.replace(notForSession, '');
      log(`pg_dump ${tool?.version ?? ''} could not read the definitions: ${words.trim()}`, 'warn');
      return undefined;
    } finally {
      await running.tidy();
    }
  };
}
