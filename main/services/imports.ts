import path from 'node:path';
import { text } from '../../contract/copy/text.ts';
import type { ImportCandidate } from '../../contract/imports.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { ReadCompanion } from './imports/composeFile.ts';
import { fileText, normalized } from './imports/fileText.ts';
import { type Found, foundInString } from './imports/found.ts';
import { foundInPasswordFile } from './imports/passwordFile.ts';
import { foundInServiceFile } from './imports/serviceFile.ts';
import { foundInVariables, readEnvFile } from './imports/variables.ts';

export type ImportsNeeds = {
  /** Reads at most so many bytes; rejects with a ProblemError (`file-unreadable`) or `cancelled`. */
  readFile(path: string, options: { signal: AbortSignal; maxBytes: number }): Promise<Uint8Array>;
  /** Milliseconds, as Date.now. */
  now(): number;
  newId(): string;
};

export interface Imports {
  /** `name` is the file's name, which tells its kind where the text alone does not. Raises `import-nothing-found`. */
  fromText(content: string, name: string): Promise<ImportCandidate[]>;
  /** Reads `.env` and env_files beside a compose file too. Raises `file-unreadable`, `invalid-input` (over 1 MB), `import-nothing-found`. */
  fromFile(file: string, signal: AbortSignal): Promise<ImportCandidate[]>;
  /** The candidate with its password, once. Raises `import-nothing-found` when it was taken or is older than 15 minutes. */
  take(candidateId: string): { candidate: ImportCandidate; password?: string };
}

const maxBytes = 1024 * 1024;
const maxCandidates = 100;
const keptMilliseconds = 15 * 60 * 1000;

/** Connections out of files that people have: compose files, .env, .pgpass, pg_service.conf, or a connection string alone. */
export function createImports(needs: ImportsNeeds): Imports {
  const kept = new Map<string, { candidate: ImportCandidate; password?: string; until: number }>();

  const forgetOld = () => {
    const now = needs.now();
    for (const [id, { until }] of kept) if (until <= now) kept.delete(id);
  };

  const keep = (found: readonly Found[], name: string, guessedEncoding: boolean): ImportCandidate[] => {
    forgetOld();
    if (found.length === 0) throw new ProblemError('import-nothing-found', { name });
    // Passwords do not outlive their time, also when nobody asks again.
    setTimeout(forgetOld, keptMilliseconds + 1000).unref();
    return found.slice(0, maxCandidates).map(({ password, ...one }) => {
      const notes = [...one.notes];
      if (guessedEncoding) notes.push(text('connecting.import.encoding'));
      if (found.length > maxCandidates) notes.push(text('connecting.import.too-many', { count: maxCandidates }));
      const candidate: ImportCandidate = { ...one, notes, id: needs.newId(), hasPassword: password !== undefined };
      kept.set(candidate.id, {
        candidate,
        ...(password === undefined ? {} : { password }),
        until: needs.now() + keptMilliseconds,
      });
      return candidate;
    });
  };

  return {
    async fromText(content, name) {
      if (content.length > maxBytes) throw tooLarge(name);
      return keep(await findConnections(normalized(content), name, async () => undefined), path.basename(name), false);
    },

    async fromFile(file, signal) {
      const read = async (one: string) => {
        const bytes = await needs.readFile(one, { signal, maxBytes });
        if (bytes.length > maxBytes) throw tooLarge(one);
        return fileText(bytes);
      };
      const { text: content, guessed } = await read(file);
      const folder = path.dirname(path.resolve(file));
      const readCompanion: ReadCompanion = async (relative) => {
        const companion = path.resolve(folder, relative);
        // What a compose file names elsewhere on the disk is not for this app to open.
        if (companion !== folder && !companion.startsWith(folder + path.sep)) return undefined;
        try {
          return (await read(companion)).text;
        } catch (error) {
          if (signal.aborted) throw error;
          return undefined;
        }
      };
      return keep(await findConnections(content, file, readCompanion), path.basename(file), guessed);
    },

    take(candidateId) {
      forgetOld();
      const taken = kept.get(candidateId);
      if (taken === undefined) throw new ProblemError('import-nothing-found', { name: '' });
      kept.delete(candidateId);
      const { until: _until, ...rest } = taken;
      return rest;
    },
  };
}

function tooLarge(name: string): ProblemError {
  return new ProblemError('invalid-input', { name: path.basename(name) }, { detail: `larger than ${maxBytes} bytes` });
}

/** The kinds of files in the order in which they are tried; the file's own name moves its kind to the front. */
async function findConnections(content: string, name: string, readCompanion: ReadCompanion): Promise<Found[]> {
  const kinds: { hint: RegExp; find: () => Found[] | Promise<Found[]> }[] = [
    {
      hint: /\.ya?ml$/i,
      find: async () => {
        // The YAML parser is half of what main would load at start.
        const { foundInComposeFile } = await import('./imports/composeFile.ts');
        return foundInComposeFile(content, readCompanion);
      },
    },
    { hint: /pg_?service[^/\\]*$/i, find: () => foundInServiceFile(content) },
    { hint: /pgpass[^/\\]*$/i, find: () => foundInPasswordFile(content) },
    { hint: /\.env[^/\\]*$|\.env$/i, find: () => foundInVariables(readEnvFile(content), '') },
    { hint: /$^/, find: () => foundInLines(content) },
  ];
  const base = path.basename(name);
  for (const { find } of [...kinds].sort((a, b) => Number(b.hint.test(base)) - Number(a.hint.test(base)))) {
    const found = await find();
    if (found.length > 0) return found;
  }
  return [];
}

/** Connection strings on lines of their own. */
function foundInLines(content: string): Found[] {
  return content
    .split('\n')
    .slice(0, 2000)
    .flatMap((line, index) => {
      if (!/:\/\/|\b(?:host|dbname|service)\s*=/i.test(line) || /^\s*(?:#|\/\/)/.test(line)) return [];
      const found = foundInString(line, `line ${index + 1}`);
      return found === undefined ? [] : [found];
    });
}
