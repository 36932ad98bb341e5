import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from './files.ts';

type Fields = Record<string, string | number | boolean | undefined>;

/** The app's own log. Never rejects and never throws: a log that cannot be written must not break what it reports on. */
export interface AppLog {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields, error?: unknown): void;
  error(message: string, fields?: Fields, error?: unknown): void;
}

export interface LogFile extends AppLog {
  /** Waits until all is written. */
  flush(): Promise<void>;
}

/**
 * JSON lines in one file, redacted, moved on to `<file>.1` and `<file>.2` when it reaches `maxBytes`.
 *
 * Own code instead of a logging library: those rotate in a worker thread that has to be found beside the bundle, and redact by the
 * names of fields, while secrets here turn up inside messages of other programs.
 */
export function createLogFile({
  file,
  redact,
  maxBytes = 5 * 1024 * 1024,
  files = 3,
  now = () => new Date(),
}: {
  file: string;
  redact: (text: string) => string;
  maxBytes?: number;
  /** How many files there are at most, with the current one. */
  files?: number;
  now?: () => Date;
}): LogFile {
  let pending = '';
  let writing: Promise<void> | undefined;

  const drain = async () => {
    while (pending !== '') {
      const lines = pending;
      pending = '';
      try {
        await rotateBefore(Buffer.byteLength(lines));
        const handle = await openToAppend();
        try {
          await handle.appendFile(lines);
        } finally {
          await handle.close();
        }
      } catch {
        // A full disk or a folder that may not be written: there is nowhere left to say it.
      }
    }
    writing = undefined;
  };

  const openToAppend = async (): Promise<FileHandle> => {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return await open(file, 'a', 0o600);
  };

  const rotateBefore = async (bytes: number) => {
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size === 0 || size + bytes <= maxBytes) return;
    await rm(`${file}.${files - 1}`, { force: true });
    for (let number = files - 1; number >= 1; number -= 1) {
      const from = number === 1 ? file : `${file}.${number - 1}`;
      await rename(from, `${file}.${number}`).catch((error) => {
        if (errnoOf(error) !== 'ENOENT') throw error;
      });
    }
  };

  const write = (level: 'info' | 'warn' | 'error', message: string, fields: Fields = {}, error?: unknown) => {
    const entry: Record<string, unknown> = { at: now().toISOString(), level, pid: process.pid };
    // Redacted before they become JSON, whose escapes would hide a secret.
    entry.message = redact(message);
    for (const [name, value] of Object.entries(fields)) {
      entry[name] = typeof value === 'string' ? redact(value) : value;
    }
    if (error !== undefined) entry.error = errorFields(error, redact);
    pending += `${JSON.stringify(entry)}\n`;
    writing ??= drain();
  };

  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields, error) => write('warn', message, fields, error),
    error: (message, fields, error) => write('error', message, fields, error),
    async flush() {
      while (writing !== undefined) await writing;
    },
  };
}

type Described = { name?: string; message: string; code?: string; stack?: string; cause?: Described };

/** Name, message, code, stack and causes; no other properties, since drivers put their settings there. */
function errorFields(error: unknown, redact: (text: string) => string, depth = 0): Described {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  const described: Described = { name: error.name, message: redact(error.message) };
  const code = errnoOf(error);
  if (code !== undefined) described.code = redact(code);
  if (error.stack !== undefined) described.stack = redact(error.stack);
  if (error.cause !== undefined && depth < 5) described.cause = errorFields(error.cause, redact, depth + 1);
  return described;
}
