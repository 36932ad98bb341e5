import type { Instance } from '../../../contract/instance.ts';
import type {
  MigrationSource,
  MigrationStatus,
  MigrationsPreview,
  StatementEffect,
} from '../../../contract/migration.ts';
import { environmentOf, inspectContainer } from '../../adapters/docker/inspect.ts';
import { type Grammar, loadGrammar } from '../../adapters/sqlGrammar.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Connections } from '../connections.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import { type Ledger, ledgerQuery, readLedger } from './ledger.ts';
import { previewFiles } from './preview/preview.ts';
import { readMigrations } from './source.ts';
import { pendingFiles, type SourceRead, statusOf } from './status.ts';

export type MigrationReadingsNeed = {
  connections: Pick<Connections, 'open'>;
  dockerHosts: Pick<DockerHosts, 'engine'>;
  now?: () => Date;
};

/** The guide's query and what it gives. */
export type LedgerResult = Ledger & { query: string };

/** Looks at migrations; changes nothing. Only reads, so that a transaction pooler may be in between. */
export interface MigrationReadings {
  /**
   * What is applied and what is pending. A source that can't be read is told in the result, and so is the ledger all the same. Raises what
   * stops the connection, `cancelled`.
   */
  status(instance: Instance, source: MigrationSource, signal: AbortSignal): Promise<MigrationStatus>;
  ledger(instance: Instance, signal: AbortSignal): Promise<LedgerResult>;
  /** What the pending ones would do, in their order. Raises what stops the connection or the source, `cancelled`. */
  preview(instance: Instance, source: MigrationSource, signal: AbortSignal): Promise<MigrationsPreview>;
}

export function createMigrationReadings({
  connections,
  dockerHosts,
  now = () => new Date(),
}: MigrationReadingsNeed): MigrationReadings {
  let grammar: Promise<Grammar> | undefined;

  const sourceOf = ({ server }: Instance, source: MigrationSource, signal: AbortSignal) =>
    readMigrations(source, { dockerHosts, signal, ...(server === undefined ? {} : { server }) });

  const ledgerOf = async (instance: Instance, signal: AbortSignal): Promise<Ledger> => {
    const session = await connections.open(instance, { signal, purpose: 'read' });
    try {
      return await readLedger(session);
    } finally {
      await session.close();
    }
  };

  /** The environment counts as the server reads it: unset is true. Undefined where there is no server that could be asked. */
  const onStart = async ({ server }: Instance, signal: AbortSignal): Promise<boolean | undefined> => {
    if (server === undefined) return undefined;
    const { cli } = await dockerHosts.engine(server.docker, signal);
    const inspected = await inspectContainer(cli, server.container, { signal });
    return inspected && (environmentOf(inspected).RUN_MIGRATIONS_ON_START ?? 'true') === 'true';
  };

  return {
    async status(instance, source, signal) {
      const unlessProblem =
        <Value>(otherwise: (error: ProblemError) => Value) =>
        (error: unknown): Value => {
          if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
          return otherwise(error);
        };
      const [ledger, read, starts] = await Promise.allSettled([
        ledgerOf(instance, signal),
        sourceOf(instance, source, signal).catch(unlessProblem(({ problem }): SourceRead => ({ problem }))),
        onStart(instance, signal).catch(unlessProblem(() => undefined)),
      ]);
      return statusOf(settled(ledger), settled(read), settled(starts), now());
    },

    ledger: async (instance, signal) => ({ query: ledgerQuery, ...(await ledgerOf(instance, signal)) }),

    async preview(instance, source, signal) {
      const { found, files } = await sourceOf(instance, source, signal);
      grammar ??= loadGrammar();
      const session = await connections.open(instance, { signal, purpose: 'read' });
      try {
        const pending = pendingFiles(files, await readLedger(session));
        const previews = await previewFiles(await grammar, pending, session);
        const all = previews.flatMap(({ statements }) => statements.map(({ effect }) => effect));
        const count = (effect: StatementEffect) => all.filter((one) => one === effect).length;
        return {
          at: now().toISOString(),
          source: found,
          files: previews,
          effects: {
            'destroys-data': count('destroys-data'),
            'rewrites-table': count('rewrites-table'),
            'builds-index': count('builds-index'),
            'locks-table': count('locks-table'),
            unknown: count('unknown'),
            harmless: count('harmless'),
          },
        };
      } finally {
        await session.close();
      }
    },
  };
}

function settled<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
