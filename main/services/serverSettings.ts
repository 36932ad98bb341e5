import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Text, text } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Plan } from '../../contract/plan.ts';
import {
  composeFileName,
  environmentFileName,
  type FileChange,
  type ServerSettings,
} from '../../contract/serverSettings.ts';
import type { Host } from '../adapters/host.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { composeFor, databaseServiceUrl, newSessionSecret, type ServerSecrets } from './composeFile/composeFor.ts';
import { maskEnvironment } from './composeFile/environmentFile.ts';
import { readIfThere } from './composeFile/readIfThere.ts';
import { readEnvFile } from './imports/variables.ts';
import { createPlans } from './plans.ts';
import type { Op, Operations } from './ports.ts';
import { generatePassword } from './provisioning/generatePassword.ts';

export type ServerFilesRequest = {
  subject: { instanceId?: string; name: string };
  /** Where Docker is. */
  host: Host;
  folder: string;
  settings: ServerSettings;
  /** Of the database that the settings have no service for. Holds the password. */
  databaseUrl?: string;
};

export interface ServerFiles {
  /** Both files as they would be without any that exist, `.env` with its values hidden. */
  preview(request: Pick<ServerFilesRequest, 'settings' | 'databaseUrl'>): { compose: string; env: string };
  /**
   * What writing would change in the folder. A compose file that exists is edited in place, an `.env` keeps its other values and its
   * session secret. Raises `compose-not-editable` with the change to make by hand, and what the host raises.
   */
  plan(request: ServerFilesRequest, signal: AbortSignal): Promise<{ plan: Plan; changes: FileChange[] }>;
  /**
   * Writes what was planned. Raises `plan-missing`, `plan-stale`, `operation-busy`; the operation fails with `file-changed`, and
   * nothing is written, when a file is no longer what it was.
   */
  write(planId: string): Promise<{ operationId: string; ended: Promise<OperationView> }>;
}

type Planned = { path: string; mode: number; before: string | undefined; after: string };

const largestFile = 1024 * 1024;
const modes = { compose: 0o644, env: 0o600 } as const;
const steps = [{ name: text('compose.step.write'), weight: 1 }];

export function createServerFiles({
  operations,
  addToRedactor,
  now,
}: {
  operations: Operations;
  addToRedactor: (secret: string) => void;
  now?: () => Date;
}): ServerFiles {
  const plans = createPlans<{ request: ServerFilesRequest; files: Planned[] }>({ now });

  return {
    preview({ settings, databaseUrl }) {
      const { compose, env } = composeFor(settings, secretsFor(settings, databaseUrl, ''));
      return { compose, env: maskEnvironment(env) };
    },

    async plan(request, signal) {
      const { host, folder, settings } = request;
      // The YAML parser and the diff are loaded when they are first needed.
      const { changeOf, editCompose, editEnvironment } = await import('./composeFile/existingFiles.ts');
      const paths = { compose: join(folder, composeFileName), env: join(folder, environmentFileName) };
      const read = (path: string) => readIfThere(host, path, { signal, maxBytes: largestFile });
      const before = { compose: await read(paths.compose), env: await read(paths.env) };
      const secrets = secretsFor(settings, request.databaseUrl, before.env ?? '');
      for (const secret of Object.values(secrets)) addToRedactor(secret);
      const fresh = composeFor(settings, secrets);
      const files: Planned[] = [
        {
          path: paths.env,
          mode: modes.env,
          before: before.env,
          after: before.env === undefined ? fresh.env : editEnvironment(before.env, paths.env, secrets),
        },
        {
          path: paths.compose,
          mode: modes.compose,
          before: before.compose,
          after: before.compose === undefined ? fresh.compose : editCompose(before.compose, paths.compose, settings),
        },
      ];
      const changed = files.filter((file) => file.before !== file.after);
      const notes: Text[] = [text('compose.note.secrets')];
      if (changed.some((file) => file.before !== undefined)) notes.push(text('compose.note.previous'));
      if (before.compose !== undefined) notes.push(text('compose.note.existing'));
      const plan = plans.keep(
        {
          title: text('compose.plan.title', { count: changed.length, folder, host: host.label }),
          as: 'app',
          steps: [
            ...(changed.some((file) => file.before === undefined)
              ? [{ kind: 'command' as const, host: host.label, argv: makeFolder(folder) }]
              : []),
            ...changed.map(({ path, mode, after }) => ({
              kind: 'file' as const,
              host: host.label,
              path,
              mode: mode.toString(8),
              content: path === paths.env ? maskEnvironment(after) : after,
            })),
          ],
          notes,
        },
        { request, files: changed },
      );
      return { plan, changes: files.map((file) => changeOf(file, file.path === paths.env)) };
    },

    async write(planId) {
      const { request, files } = plans.find(planId).detail;
      const body = async (op: Op) => {
        op.step(0);
        await writeAll(request, files, op);
        return text('compose.outcome', { count: files.length });
      };
      const { id, ended } = await operations.run('compose-write', request.subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },
  };
}

/** On the Docker host, whose path separator is `/` in Compose's eyes on every system. */
const join = (folder: string, name: string) =>
  /^[A-Za-z]:/.test(folder) ? `${folder}/${name}` : posix.join(folder, name);

const hashOf = (content: string | undefined) =>
  content === undefined ? undefined : createHash('sha256').update(content).digest('hex');

const makeFolder = (folder: string) => ['mkdir', '-p', folder];

/** All are looked at before the first is written. `.env` comes first: the compose file needs it. */
async function writeAll({ host, folder }: ServerFilesRequest, files: readonly Planned[], op: Op): Promise<void> {
  const { signal } = op;
  for (const { path, before } of files) {
    const present = await readIfThere(host, path, { signal, maxBytes: largestFile });
    if (hashOf(present) !== hashOf(before)) throw new ProblemError('file-changed', { path, host: host.label });
  }
  // On this computer, writing makes the folder.
  if (host.kind === 'ssh' && files.some(({ before }) => before === undefined)) {
    const { exitCode, stderr } = await host.run(makeFolder(folder), { signal });
    if (exitCode !== 0)
      throw new ProblemError('store-unwritable', { path: folder, host: host.label }, { detail: stderr });
  }
  for (const [index, { path, mode, before, after }] of files.entries()) {
    op.progress(index, files.length, 'items');
    if (before !== undefined) await host.writeFile(`${path}.previous`, Buffer.from(before), { signal, mode });
    await host.writeFile(path, Buffer.from(after), { signal, mode });
    op.log(`${path} written on ${host.label}, mode ${mode.toString(8)}`);
  }
  op.progress(files.length, files.length, 'items');
}

/** What `.env` has already stays: a database keeps the password that it was made with, and sessions stay signed in. */
function secretsFor(settings: ServerSettings, databaseUrl: string | undefined, existing: string): ServerSecrets {
  const known = readEnvFile(existing);
  const { SESSION_SECRET: secret = '' } = known;
  // The server refuses a shorter one.
  const sessionSecret = secret.length >= 32 ? secret : newSessionSecret();
  const { database } = settings;
  if (database === undefined) {
    if (databaseUrl === undefined)
      throw new ProblemError('invalid-input', { field: 'databaseUrl', name: 'DATABASE_URL' });
    return { databaseUrl, sessionSecret };
  }
  const databasePassword = known.DATABASE_PASSWORD || generatePassword();
  return {
    databaseUrl: databaseServiceUrl(database, encodeURIComponent(databasePassword)),
    sessionSecret,
    databasePassword,
  };
}
