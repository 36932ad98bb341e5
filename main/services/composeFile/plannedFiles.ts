import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Text, text } from '../../../contract/copy/text.ts';
import type { PlanStep } from '../../../contract/plan.ts';
import {
  composeFileName,
  environmentFileName,
  type FileChange,
  type ServerSettings,
} from '../../../contract/serverSettings.ts';
import type { Host } from '../../adapters/host.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readEnvFile } from '../imports/variables.ts';
import type { Op } from '../ports.ts';
import { generatePassword } from '../provisioning/generatePassword.ts';
import { composeFor, databaseServiceUrl, newSessionSecret, type ServerSecrets } from './composeFor.ts';
import { maskEnvironment } from './environmentFile.ts';
import { maskCompose } from './maskCompose.ts';
import { readIfThere } from './readIfThere.ts';

/** A file of the server as it is and as it is to be. */
export type PlannedFile = { path: string; mode: number; before: string | undefined; after: string };

export type FilesWish = {
  /** Where Docker is. */
  host: Host;
  folder: string;
  settings: ServerSettings;
  /** Of the database that the settings have no service for. Holds the password. */
  databaseUrl?: string;
  /** Of the database service, where it is known already; `.env` comes first. */
  databasePassword?: string;
  /** The database and the secrets stay as the files have them. */
  keepSecrets?: boolean;
};

export type PlannedFiles = {
  /** Both; those that stay as they are, too. */
  files: PlannedFile[];
  composePath: string;
  changes: FileChange[];
  steps: PlanStep[];
  notes: Text[];
  /** Missing where they stay as they are. */
  secrets?: ServerSecrets;
};

const largestFile = 1024 * 1024;
const modes = { compose: 0o644, env: 0o600 } as const;

/** Compose 2 takes the first of these that is there; 1 does not know the first. */
const otherComposeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml'] as const;

/** On the Docker host, whose path separator is `/` in Compose's eyes on every system. */
export const inFolder = (folder: string, name: string) =>
  /^[A-Za-z]:/.test(folder) ? `${folder}/${name}` : posix.join(folder, name);

/** The compose file of a folder, and what is in it; where there is none, what it will be called. */
export async function composeFileIn(
  host: Host,
  folder: string,
  signal: AbortSignal,
): Promise<{ path: string; content: string | undefined }> {
  const usual = inFolder(folder, composeFileName);
  const paths = [usual, ...otherComposeFiles.map((name) => inFolder(folder, name))];
  for (const path of host.kind === 'ssh' ? await thereOf(host, paths, signal) : paths) {
    const content = await readIfThere(host, path, { signal, maxBytes: largestFile });
    if (content !== undefined) return { path, content };
  }
  return { path: usual, content: undefined };
}

/** One question in place of one a file. Links that lead nowhere count: reading tells. */
async function thereOf(host: Host, paths: readonly string[], signal: AbortSignal): Promise<string[]> {
  const script = 'for f in "$@"; do if [ -e "$f" ] || [ -L "$f" ]; then echo 1; else echo 0; fi; done';
  const { stdout } = await host.run(['sh', '-c', script, 'sh', ...paths], { signal });
  const answers = stdout.trim().split('\n');
  return paths.filter((_, index) => answers[index] === '1');
}

/** The `.env` of a folder. */
export const environmentIn = (host: Host, folder: string, signal: AbortSignal): Promise<string | undefined> =>
  readIfThere(host, inFolder(folder, environmentFileName), { signal, maxBytes: largestFile });

/**
 * What writing would change in the folder. A compose file that exists is edited in place, an `.env` keeps its other values and its
 * session secret. Raises `compose-not-editable` with the change to make by hand, and what the host raises.
 */
export async function planFiles(
  wish: FilesWish,
  addToRedactor: (secret: string) => void,
  signal: AbortSignal,
): Promise<PlannedFiles> {
  const { host, folder, settings } = wish;
  // The YAML parser and the diff are loaded when they are first needed.
  const { changeOf, editCompose, editEnvironment } = await import('./existingFiles.ts');
  const { path: composePath, content: compose } = await composeFileIn(host, folder, signal);
  const envPath = inFolder(folder, environmentFileName);
  const env = await environmentIn(host, folder, signal);
  const keep = wish.keepSecrets === true && compose !== undefined;
  const secrets = keep ? undefined : secretsFor(wish, env ?? '');
  for (const secret of Object.values(secrets ?? {})) addToRedactor(secret);
  const files: PlannedFile[] = [];
  if (secrets !== undefined) {
    const after = env === undefined ? composeFor(settings, secrets).env : editEnvironment(env, envPath, secrets);
    files.push({ path: envPath, mode: modes.env, before: env, after });
  }
  const after =
    compose === undefined
      ? composeFor(settings, secrets ?? { databaseUrl: '', sessionSecret: '' }).compose
      : editCompose(compose, composePath, settings, { keepSecrets: keep });
  files.push({ path: composePath, mode: modes.compose, before: compose, after });
  const changed = changedOnly(files);
  const notes: Text[] = [text('compose.note.secrets')];
  if (changed.some((file) => file.before !== undefined)) notes.push(text('compose.note.previous'));
  if (compose !== undefined) notes.push(text('compose.note.existing'));
  return {
    files,
    composePath,
    changes: files.map((file) => changeOf(file, file.path === envPath)),
    steps: [
      ...(changed.some((file) => file.before === undefined)
        ? [{ kind: 'command' as const, host: host.label, argv: makeFolder(folder) }]
        : []),
      ...changed.map(({ path, mode, after: content }) => ({
        kind: 'file' as const,
        host: host.label,
        path,
        mode: mode.toString(8),
        content: path === envPath ? maskEnvironment(content) : maskCompose(content),
      })),
    ],
    notes,
    ...(secrets === undefined ? {} : { secrets }),
  };
}

export const changedOnly = (files: readonly PlannedFile[]): PlannedFile[] =>
  files.filter((file) => file.before !== file.after);

const hashOf = (content: string | undefined) =>
  content === undefined ? undefined : createHash('sha256').update(content).digest('hex');

const makeFolder = (folder: string) => ['mkdir', '-p', folder];

/**
 * Writes what was planned. All are looked at before the first is written; `.env` comes first: the compose file needs it. Raises
 * `file-changed`, and nothing is written, when one is neither what it was nor what it is to be.
 */
export async function writePlanned(
  host: Host,
  folder: string,
  planned: readonly PlannedFile[],
  { signal, log, progress }: Pick<Op, 'signal' | 'log' | 'progress'>,
): Promise<number> {
  const files: PlannedFile[] = [];
  for (const file of planned) {
    const present = hashOf(await readIfThere(host, file.path, { signal, maxBytes: largestFile }));
    if (present === hashOf(file.after)) continue;
    if (present !== hashOf(file.before)) throw new ProblemError('file-changed', { path: file.path, host: host.label });
    files.push(file);
  }
  // On this computer, writing makes the folder.
  if (host.kind === 'ssh' && files.some(({ before }) => before === undefined)) {
    const { exitCode, stderr } = await host.run(makeFolder(folder), { signal });
    if (exitCode !== 0)
      throw new ProblemError('store-unwritable', { path: folder, host: host.label }, { detail: stderr });
  }
  for (const [index, { path, mode, before, after }] of files.entries()) {
    progress(index, files.length, 'items');
    if (before !== undefined) await host.writeFile(`${path}.previous`, Buffer.from(before), { signal, mode });
    await host.writeFile(path, Buffer.from(after), { signal, mode });
    log(`${path} written on ${host.label}, mode ${mode.toString(8)}`);
  }
  progress(files.length, files.length, 'items');
  return files.length;
}

/** What `.env` has already stays: a database keeps the password that it was made with, and sessions stay signed in. */
export function secretsFor(
  { settings, databaseUrl, databasePassword: given }: Pick<FilesWish, 'settings' | 'databaseUrl' | 'databasePassword'>,
  existing: string,
): ServerSecrets {
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
  const databasePassword = known.DATABASE_PASSWORD || given || generatePassword();
  return {
    databaseUrl: databaseServiceUrl(database, encodeURIComponent(databasePassword)),
    sessionSecret,
    databasePassword,
  };
}
