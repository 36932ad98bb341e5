import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Problem } from '../../contract/problem.ts';
import { readTextIfPresent, removePartialWrites, writeAtomically, writeProblem } from '../adapters/files.ts';
import { waitForLock } from '../adapters/processLock.ts';
import { ProblemError } from '../problems/ProblemError.ts';

/** One JSON file of the app: what is in it and how older ones become it. */
export type DocumentDefinition<T> = {
  /** File name without `.json`. */
  name: string;
  /** Counts up with every change that older versions of the app could not read. Starts at 1. */
  version: number;
  schema: z.ZodType<T>;
  empty: () => T;
  /** `upgrades[n]` turns the data of schema version n into that of n + 1. */
  upgrades?: Readonly<Record<number, (data: unknown) => unknown>>;
};

/** `problem`: the file was put aside since this process started (`store-corrupt`, `store-newer`); the value is what was left to go on with. */
export type DocumentRead<T> = { value: T; problem?: Problem };

export interface StoredDocument<T> {
  /** The state on disk now, whoever wrote it. Raises `file-unreadable`. */
  read(): Promise<DocumentRead<T>>;
  /**
   * Changes it: reads what is on disk under a lock between processes, so that no change of another process is lost, and replaces it
   * atomically. The version before is kept as `<name>.previous.json`. Changes of this process run one after another.
   * A change that returns what it was given writes nothing. Raises `disk-full`, `store-unwritable`; the old state then stays.
   */
  update(change: (current: T) => T): Promise<T>;
}

const envelopeSchema = z.object({ schemaVersion: z.int().min(1), data: z.unknown() });

type Content<T> =
  | { kind: 'good'; value: T; source: string }
  | { kind: 'missing' }
  | { kind: 'corrupt'; reason: string }
  | { kind: 'newer'; version: number };

/** How long a change waits for another process: each holds the lock for milliseconds. */
const lockTimeout = 15_000;

/** Opens a document in a folder; nothing is read or made until it is used. `now` names the files that are put aside. */
export function openDocument<T>(
  definition: DocumentDefinition<T>,
  { folder, now = () => new Date() }: { folder: string; now?: () => Date },
): StoredDocument<T> {
  const main = path.join(folder, `${definition.name}.json`);
  const previous = path.join(folder, `${definition.name}.previous.json`);
  const lockFile = path.join(folder, `${definition.name}.lock`);
  let problem: Problem | undefined;
  let cleaned = false;
  let queue: Promise<unknown> = Promise.resolve();

  const inOrder = <R>(task: () => Promise<R>): Promise<R> => {
    const result = queue.then(task);
    queue = result.catch(() => undefined);
    return result;
  };

  const withLock = async <R>(task: () => Promise<R>): Promise<R> => {
    const taken = await waitForLock(lockFile, { document: definition.name }, { timeout: lockTimeout });
    if ('holder' in taken) {
      throw new ProblemError(
        'store-unwritable',
        { path: main },
        { detail: `locked by process ${taken.holder.pid} since ${taken.holder.acquiredAt}` },
      );
    }
    try {
      if (!cleaned) {
        await removePartialWrites(main);
        await removePartialWrites(previous);
        cleaned = true;
      }
      return await task();
    } finally {
      await taken.lock.release();
    }
  };

  const load = async (file: string) => parseDocument(definition, await readTextIfPresent(file));

  /** Under the lock: what there is to go on with. A file that cannot be used is copied aside and then replaced, so it is never only in one place. */
  const settle = async (): Promise<{ value: T; source?: string }> => {
    const current = await load(main);
    if (current.kind === 'good') return current;
    const before = await load(previous);
    const usable = before.kind === 'good' ? before : undefined;
    if (current.kind !== 'missing') {
      const aside = await keepAside(main, current.kind, now());
      problem = asideProblem(current, { file: main, aside, version: definition.version, usedPrevious: !!usable });
    }
    const value = usable?.value ?? definition.empty();
    if (current.kind !== 'missing') await writeAtomically(main, render(definition, value));
    return usable ?? { value };
  };

  return {
    read: () =>
      inOrder(async () => {
        const current = await load(main);
        let value: T;
        if (current.kind === 'good') value = current.value;
        else if (current.kind === 'missing') {
          const before = await load(previous);
          value = before.kind === 'good' ? before.value : definition.empty();
        } else {
          value = (await withLock(settle)).value;
        }
        return problem === undefined ? { value } : { value, problem };
      }),

    update: (change) =>
      inOrder(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error) => {
          throw writeProblem(error, main);
        });
        return await withLock(async () => {
          const { value, source } = await settle();
          const next = change(value);
          if (next === value) return value;
          const checked = definition.schema.parse(next);
          if (source !== undefined) await writeAtomically(previous, source);
          await writeAtomically(main, render(definition, checked));
          return checked;
        });
      }),
  };
}

function render<T>(definition: DocumentDefinition<T>, data: T): string {
  return `${JSON.stringify({ schemaVersion: definition.version, data }, undefined, 2)}\n`;
}

/** Reads the text of a document: undefined text is a missing file. Pure. */
export function parseDocument<T>(definition: DocumentDefinition<T>, source: string | undefined): Content<T> {
  if (source === undefined) return { kind: 'missing' };
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch (error) {
    return { kind: 'corrupt', reason: error instanceof Error ? error.message : String(error) };
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return { kind: 'corrupt', reason: z.prettifyError(envelope.error) };
  const { schemaVersion } = envelope.data;
  if (schemaVersion > definition.version) return { kind: 'newer', version: schemaVersion };
  let data = envelope.data.data;
  try {
    for (let version = schemaVersion; version < definition.version; version += 1) {
      const upgrade = definition.upgrades?.[version];
      if (upgrade === undefined) return { kind: 'corrupt', reason: `no way from schema version ${version}` };
      data = upgrade(data);
    }
  } catch (error) {
    return { kind: 'corrupt', reason: error instanceof Error ? error.message : String(error) };
  }
  const checked = definition.schema.safeParse(data);
  return checked.success
    ? { kind: 'good', value: checked.data, source }
    : { kind: 'corrupt', reason: z.prettifyError(checked.error) };
}

/** Copies the file to a name that nothing has yet: `<name>.corrupt-20260131T101112Z.json`. */
async function keepAside(file: string, kind: 'corrupt' | 'newer', at: Date): Promise<string> {
  const stamp = at.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  const base = `${file.replace(/\.json$/, '')}.${kind}-${stamp}`;
  for (let attempt = 1; ; attempt += 1) {
    const aside = attempt === 1 ? `${base}.json` : `${base}-${attempt}.json`;
    try {
      await copyFile(file, aside, constants.COPYFILE_EXCL);
      return aside;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      throw writeProblem(error, aside);
    }
  }
}

function asideProblem(
  found: { kind: 'corrupt'; reason: string } | { kind: 'newer'; version: number },
  { file, aside, version, usedPrevious }: { file: string; aside: string; version: number; usedPrevious: boolean },
): Problem {
  const values = { path: file, aside, used: usedPrevious ? 'previous' : 'empty' };
  return found.kind === 'corrupt'
    ? { code: 'store-corrupt', values, detail: found.reason }
    : { code: 'store-newer', values: { ...values, version: found.version, supported: version } };
}
