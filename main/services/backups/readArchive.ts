import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { RunningTool, ToolPlace } from '../../adapters/tools/toolPlace.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readToolLine } from './toolWords.ts';

export type ArchiveVerdict = { whole: true } | { whole: false; detail: string };

/** A pg_restore that reads an archive to its end and throws everything away. */
export interface ArchiveReader {
  /** Resolves when it can take more; a reader that has given up takes everything. */
  write(bytes: Buffer): Promise<void>;
  /** After the last byte. */
  verdict(): Promise<ArchiveVerdict>;
  /** Ends it early. */
  stop(): Promise<void>;
}

/** Begins to read. Needs no database: `pg_restore -f` to nowhere. */
export async function startReading(tools: ToolPlace, nowhere: string, signal: AbortSignal): Promise<ArchiveReader> {
  const tool = await tools.start('pg_restore', ['-f', nowhere], { signal, env: {} });
  let said = '';
  tool.stdout.resume();
  tool.stderr.on('data', (bytes: Buffer) => {
    if (said.length < 20_000) said += bytes.toString('utf8');
  });
  tool.stdin.on('error', () => undefined);
  let over = false;
  const done = tool.done
    .catch(() => ({ exitCode: null, signal: 'lost' }))
    .then((ended) => {
      over = true;
      return ended;
    });
  return {
    async write(bytes) {
      if (over || tool.stdin.write(bytes)) return;
      const waiting = new AbortController();
      await Promise.race([once(tool.stdin, 'drain', { signal: waiting.signal }).catch(() => undefined), done]);
      waiting.abort();
    },
    async verdict() {
      if (!over) tool.stdin.end();
      const { exitCode, signal: name } = await done;
      await tool.tidy();
      const lines = said.split('\n').filter((line) => line.trim() !== '');
      const bad = lines.filter((line) => readToolLine(line).kind === 'fatal');
      if (exitCode === 0 && bad.length === 0) return { whole: true };
      return { whole: false, detail: (bad[0] ?? lines.at(-1) ?? `pg_restore: ${name ?? exitCode}`).slice(0, 2000) };
    },
    stop: () => endTool(tool),
  };
}

/** Ends a tool whatever it does, and leaves nothing of it. Never rejects. */
export async function endTool(tool: RunningTool): Promise<void> {
  await tool.end().catch(() => undefined);
  await tool.done.catch(() => undefined);
  await tool.tidy().catch(() => undefined);
}

const chunk = 1024 * 1024;

/** Reads a file once, for its checksum and into a reader. Raises `file-unreadable`. */
export async function readThrough(
  file: string,
  { signal, reader, onBytes }: { signal: AbortSignal; reader?: ArchiveReader; onBytes?: (bytes: number) => void },
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const handle = await open(file, 'r');
    try {
      for (;;) {
        signal.throwIfAborted();
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunk), 0, chunk);
        if (bytesRead === 0) break;
        const read = buffer.subarray(0, bytesRead);
        hash.update(read);
        bytes += bytesRead;
        await reader?.write(read);
        onBytes?.(bytes);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const detail = error instanceof Error ? error.message : String(error);
    throw new ProblemError('file-unreadable', { path: file }, { cause: error, detail });
  }
  return { bytes, sha256: hash.digest('hex') };
}
