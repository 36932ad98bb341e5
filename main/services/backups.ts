import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  type ArchiveInspection,
  type BackupPlan,
  type BackupToolChoice,
  type BackupView,
  backupRouteSchema,
  type PlanBackup,
  type RunBackup,
  type ServerBackups,
} from '../../contract/backup.ts';
import { text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { ServerPlace } from '../../contract/server.ts';
import { writeProblem } from '../adapters/files.ts';
import type { PostgresSession } from '../adapters/postgres/session.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { removeLocal } from './backupCopies/removeLocal.ts';
import { chosenTool, rankTools, routeKey } from './backups/chooseTool.ts';
import { freeBytes } from './backups/dump.ts';
import { estimateDump } from './backups/estimate.ts';
import { inspectDump } from './backups/inspect.ts';
import { makeBackup, spaceProblem } from './backups/makeBackup.ts';
import { findTools, type PlacedTool, type PlacesNeed } from './backups/places.ts';
import { refusePooler } from './backups/pooler.ts';
import { removable } from './backups/removable.ts';
import { listServerBackups } from './backups/serverBackups.ts';
import { shortVersion } from './backups/snapshot.ts';
import { listFolder } from './backups/stored.ts';
import { toolMissing } from './backups/toolMissing.ts';
import { type ReadBackNeed, verifyBackup } from './backups/verifyBackup.ts';
import type { Connections } from './connections.ts';
import type { DocumentDefinition, StoredDocument } from './documents.ts';
import { type Instances, passwordAccount } from './instances.ts';
import type { Credentials, Operations } from './ports.ts';

type Begun = { operationId: string; ended: Promise<OperationView> };

export interface Backups {
  /**
   * What a backup would do now: which tool, where to, how much, how long. Changes nothing. Raises what stops the connection,
   * `backup-tool-missing`, `pooler-unsuitable`, `backup-practice`; what only stands in the way of running is in the plan.
   */
  plan(request: PlanBackup, signal: AbortSignal): Promise<BackupPlan>;
  /**
   * Dumps, reads it back, and gives it its name: an operation `backup`, exclusive for the instance. A folder and a route that are given
   * are remembered. Raises `operation-busy`, `instance-missing`, `backup-practice`.
   */
  run(request: RunBackup): Promise<Begun & { backup: Promise<BackupView | undefined> }>;
  /** Newest first; also what is damaged or has no manifest. Removes what killed processes left. */
  list(instanceId: string | 'all', signal: AbortSignal): Promise<BackupView[]>;
  /** Raises `backup-missing`. */
  get(backupId: string, signal: AbortSignal): Promise<BackupView>;
  /** Reads checksum and archive to the end: an operation `backup-verify`, that fails with `backup-damaged`. Raises `backup-missing`. */
  verify(backupId: string): Promise<Begun>;
  newestVerified(instanceId: string, signal: AbortSignal): Promise<BackupView | undefined>;
  /** Removes the dump and its manifest. Raises `backup-missing`, `backup-last-good`, `store-unwritable`. */
  remove(backupId: string, signal: AbortSignal): Promise<void>;
  /** Where the next backup goes. */
  folder(instanceId: string): Promise<string>;
  /** The folder and the route that are given, for the backups to come. Raises what a folder can't be made or written for. */
  remember(request: PlanBackup): Promise<void>;
  /** A dump of anybody's. Raises `file-unreadable`. */
  inspect(path: string, signal: AbortSignal): Promise<ArchiveInspection>;
  /** What the server's own backup made. Raises `backup-folder-missing`, `container-missing`, `docker-…`. */
  serverBackups(place: ServerPlace, signal: AbortSignal): Promise<ServerBackups>;
}

const rememberedSchema = z.object({
  /** By instance. */
  instances: z.record(z.string(), z.object({ folder: z.string().optional(), route: backupRouteSchema.optional() })),
  /** Every folder that ever got a backup. */
  folders: z.array(z.string()),
});
type Remembered = z.infer<typeof rememberedSchema>;

/** Where backups go and which tool makes them. */
export const backupsDocument: DocumentDefinition<Remembered> = {
  name: 'backups',
  version: 1,
  schema: rememberedSchema,
  empty: () => ({ instances: {}, folders: [] }),
};

export type BackupsNeed = PlacesNeed & {
  document: StoredDocument<Remembered>;
  instances: Pick<Instances, 'get'>;
  connections: Pick<Connections, 'open'>;
  credentials: Pick<Credentials, 'get'>;
  operations: Operations;
  /** Where backups go unless told. */
  defaultFolder: string;
  now?: () => Date;
};

/** Milliseconds for one statement in a snapshot: a count of a huge table may take its time. */
const patience = 24 * 3_600_000;

const steps = [
  { name: text('backup.step.prepare'), weight: 1 },
  { name: text('backup.step.dump'), weight: 30 },
  { name: text('backup.step.verify'), weight: 3 },
  { name: text('backup.step.finish'), weight: 1 },
];

export function createBackups(need: BackupsNeed): Backups {
  const { document, instances, connections, operations, defaultFolder, now = () => new Date() } = need;

  const rememberedFor = async (instanceId: string) => (await document.read()).value.instances[instanceId] ?? {};
  const remember = (instanceId: string, { folder, route }: PlanBackup) =>
    document.update((current) => {
      const before = current.instances[instanceId] ?? {};
      const after = {
        ...before,
        ...(folder === undefined ? {} : { folder }),
        ...(route === undefined ? {} : { route }),
      };
      const used = after.folder ?? defaultFolder;
      if (JSON.stringify(after) === JSON.stringify(before) && current.folders.includes(used)) return current;
      return {
        instances: { ...current.instances, [instanceId]: after },
        folders: [...new Set([...current.folders, used])],
      };
    });

  const instanceFor = async (id: string): Promise<Instance> => {
    const instance = await instances.get(id);
    if (instance.kind === 'practice') throw new ProblemError('backup-practice', { name: instance.name });
    return instance;
  };

  const open = (instance: Instance, signal: AbortSignal): Promise<PostgresSession> =>
    connections.open(instance, { purpose: 'read', signal, queryTimeoutMs: patience });

  /** The tools for this server, best first. `thorough`: looks everywhere, not only until the best possible is found. */
  const toolsFor = async (
    instance: Instance,
    session: PostgresSession,
    signal: AbortSignal,
    { wished, thorough }: { wished: PlanBackup['route']; thorough: boolean },
    places: PlacesNeed = need,
  ): Promise<{ choices: BackupToolChoice[]; tool: PlacedTool; choice: BackupToolChoice }> => {
    const version = shortVersion(session.parameters.get('server_version') ?? '0');
    const server = { version, major: Number.parseInt(version, 10) };
    const rank = (found: readonly PlacedTool[]) =>
      rankTools(
        found.map(({ tools: _, way: __, ...tool }) => tool),
        server,
        instance.route.kind,
      );
    const near = wished?.kind ?? (instance.route.kind === 'direct' ? 'this-computer' : undefined);
    const asked = wished === undefined ? {} : { wished };
    let found =
      thorough || near === undefined
        ? []
        : await findTools(places, instance, session.address, signal, { only: near, ...asked });
    let choice = usable(rank(found), instance, wished);
    const best = choice !== undefined && (wished === undefined ? choice.major === server.major : same(choice, wished));
    if (!best) {
      found = await findTools(places, instance, session.address, signal, asked);
      choice = usable(rank(found), instance, wished);
    }
    const choices = rank(found);
    const tool = found.find(({ route }) => choice !== undefined && routeKey(route) === routeKey(choice.route));
    if (choice === undefined || tool === undefined) throw await toolMissing(server, choices, instance, need, signal);
    return { choices, tool, choice };
  };

  const views = async (instanceId: string | 'all', signal: AbortSignal): Promise<BackupView[]> => {
    const { value } = await document.read();
    const folders = [...new Set([defaultFolder, ...value.folders])];
    const own = value.instances[instanceId]?.folder ?? defaultFolder;
    const listed = (await Promise.all(folders.map((folder) => listFolder(folder, signal)))).flat();
    return listed
      .filter(
        ({ manifest, where }) =>
          instanceId === 'all' || (manifest === undefined ? where.folder === own : manifest.instance.id === instanceId),
      )
      .sort((a, b) => madeAt(b).localeCompare(madeAt(a)));
  };

  const newest = async (instanceId: string, signal: AbortSignal): Promise<BackupView | undefined> =>
    (await views(instanceId, signal)).find(
      ({ manifest, verification }) => manifest !== undefined && verification.state === 'verified',
    );

  const get = async (backupId: string, signal: AbortSignal): Promise<BackupView> => {
    const view = (await views('all', signal)).find(({ id }) => id === backupId);
    if (view === undefined) throw new ProblemError('backup-missing', { id: backupId });
    return view;
  };

  const earlierOf = async (instanceId: string, signal: AbortSignal) => {
    const manifest = (await newest(instanceId, signal))?.manifest;
    if (manifest === undefined) return undefined;
    return { bytes: manifest.file.bytes, databaseBytes: manifest.database.bytes, seconds: manifest.seconds };
  };

  const folderFor = async (request: PlanBackup) =>
    path.resolve(request.folder ?? (await rememberedFor(request.instanceId)).folder ?? defaultFolder);

  const prepare = async (folder: string) => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw writeProblem(error, folder);
    }
  };

  return {
    get,
    newestVerified: newest,
    folder: (instanceId) => folderFor({ instanceId }),

    async remember(request) {
      if (request.folder !== undefined) await prepare(request.folder);
      await remember((await instanceFor(request.instanceId)).id, request);
    },

    async remove(backupId, signal) {
      const view = await get(backupId, signal);
      const beside = await views(view.manifest?.instance.id ?? 'all', signal);
      if (!removable(view, beside))
        throw new ProblemError('backup-last-good', { name: path.basename(view.where.path) });
      await removeLocal(view.where.path);
    },

    list: views,
    inspect: (file, signal) => inspectDump(file, need, signal),

    async serverBackups({ docker, container }, signal) {
      const { cli } = await need.dockerHosts.engine(docker, signal);
      return listServerBackups(cli, container, signal);
    },

    async plan(request, signal) {
      const instance = await instanceFor(request.instanceId);
      const folder = await folderFor(request);
      const wished = request.route ?? (await rememberedFor(instance.id)).route;
      const session = await open(instance, signal);
      try {
        await refusePooler(session, () => open(instance, signal));
        const { choices, choice } = await toolsFor(instance, session, signal, { wished, thorough: true });
        const [size] = await session.readable.read<{ database: number; tables: number; count: number }>(
          `SELECT pg_database_size(current_database())::float8 AS database,
             coalesce(sum(pg_table_size(oid)), 0)::float8 AS tables, count(*)::int AS count
           FROM pg_class WHERE relkind = 'r' AND relpersistence <> 't'
             AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')`,
        );
        if (size === undefined) throw new Error('the server told nothing about its size');
        const earlier = await earlierOf(instance.id, signal);
        const estimate = estimateDump(size.tables, size.database, choice.compression, earlier);
        const free = await freeBytes(await nearestFolder(folder));
        const problem = spaceProblem(folder, estimate.bytes, free);
        const gone = wished !== undefined && !same(choice, wished);
        return {
          instanceId: instance.id,
          tool: choice,
          choices,
          folder,
          server: {
            version: shortVersion(session.parameters.get('server_version') ?? ''),
            major: serverMajor(session),
          },
          databaseBytes: size.database,
          tables: size.count,
          estimatedBytes: estimate.bytes,
          estimatedSeconds: estimate.seconds,
          freeBytes: free,
          ...(problem === undefined ? {} : { problem }),
          warnings: [
            text('backup.warning.secrets'),
            ...(gone ? [text('backup.warning.choice-gone', { place: wished.kind })] : []),
            ...choice.warnings,
          ],
        };
      } finally {
        await session.close();
      }
    },

    async run(request) {
      const instance = await instanceFor(request.instanceId);
      const { id, name } = instance;
      let made: (view: BackupView | undefined) => void = () => undefined;
      const backup = new Promise<BackupView | undefined>((resolve) => {
        made = resolve;
      });
      const begun = await operations.run(
        'backup',
        { instanceId: id, name },
        steps,
        async (op) => {
          const folder = await folderFor(request);
          await prepare(folder);
          await remember(id, request);
          const wished = request.route ?? (await rememberedFor(id)).route;
          // The programs of this computer are looked for once.
          const found = need.tools.find();
          found.catch(() => undefined);
          const places = { ...need, tools: { find: () => found } };
          const result = await makeBackup({
            op,
            instance,
            folder,
            ...(request.label === undefined ? {} : { label: request.label }),
            open: (signal) => open(instance, signal),
            password: (signal) => need.credentials.get(passwordAccount(id), signal),
            toolFor: (session) => toolsFor(instance, session, op.signal, { wished, thorough: false }, places),
            localTools: places.tools.find,
            earlier: () => earlierOf(id, op.signal),
            need,
            now,
          });
          made(result.view);
          const { manifest } = result;
          return text('backup.outcome.made', {
            name: manifest.file.name,
            megabytes: Math.max(1, Math.round(manifest.file.bytes / 1e6)),
            tables: manifest.tables.length,
          });
        },
        { exclusive: true },
      );
      void begun.ended.then(() => made(undefined));
      return { operationId: begun.id, ended: begun.ended, backup };
    },

    async verify(backupId) {
      const view = await get(backupId, AbortSignal.timeout(60_000));
      const { manifest } = view;
      const name = path.basename(view.where.path);
      const subject = manifest === undefined ? { name } : { instanceId: manifest.instance.id, name };
      const readBack: ReadBackNeed = need;
      const { id, ended } = await operations.run(
        'backup-verify',
        subject,
        [{ name: text('backup.step.verify'), weight: 1 }],
        async (op) => {
          await verifyBackup(view, readBack, op);
          return text('backup.outcome.verified', { name });
        },
      );
      return { operationId: id, ended };
    },
  };
}

function usable(choices: readonly BackupToolChoice[], { connection }: Instance, wished: PlanBackup['route']) {
  // The client's certificate is a file of this computer.
  const here = connection?.tls.clientCertificatePath !== undefined;
  return chosenTool(here ? choices.filter(({ route }) => route.kind === 'this-computer') : choices, wished);
}

function same({ route }: BackupToolChoice, wished: NonNullable<PlanBackup['route']>): boolean {
  return routeKey(route) === routeKey(wished);
}

function serverMajor(session: PostgresSession): number {
  return Number.parseInt(session.parameters.get('server_version') ?? '0', 10);
}

function madeAt({ manifest, modifiedAt }: BackupView): string {
  return manifest?.createdAt ?? modifiedAt;
}

/** The folder itself, or the one above it that is there: a plan makes none. */
async function nearestFolder(folder: string): Promise<string> {
  const { stat } = await import('node:fs/promises');
  for (let at = folder; ; at = path.dirname(at)) {
    if (await stat(at).catch(() => undefined)) return at;
    if (path.dirname(at) === at) return at;
  }
}
