import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { RunningTool } from '../../adapters/tools/toolPlace.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { endTool } from '../backups/readArchive.ts';
import type { Op } from '../ports.ts';
import type { OpenArchive } from './archive.ts';
import { type ArchiveEntry, listText } from './entries.ts';
import { plainSql } from './plainSql.ts';
import type { RestoreRoute } from './route.ts';
import { createWords } from './words.ts';

export type Feed = {
  archive: OpenArchive;
  route: RestoreRoute;
  /** What of an archive is made into SQL. */
  entries: readonly ArchiveEntry[];
  op: Pick<Op, 'log' | 'progress'>;
  signal: AbortSignal;
};

/**
 * The SQL of a dump, piece by piece as it is wanted, between lines that keep psql from starting programs. Rejects when the dump could
 * not be read to its end: whoever feeds this to psql must not send anything that commits then.
 */
export async function* dumpSql(feed: Feed): AsyncGenerator<Buffer> {
  const key = randomBytes(24).toString('hex');
  const { archive } = feed;
  if (archive.format === 'custom' || archive.format === 'tar') {
    yield* plainSql(key)(archiveSql(feed));
    return;
  }
  const file = createReadStream(archive.path, { highWaterMark: 1 << 20 });
  const text = archive.format === 'sql' ? file : file.pipe(createGunzip());
  // An error of the file is one of the text, too.
  file.on('error', (error) => text.destroy(error));
  try {
    yield* plainSql(key)(withoutExtensions(text as AsyncIterable<Buffer>));
  } finally {
    file.destroy();
  }
}

/** What pg_restore makes of an archive, `--no-owner --no-acl`. */
export async function* archiveSql({ archive, route, entries, op, signal }: Feed): AsyncGenerator<Buffer> {
  const near = route.tool.route.kind === 'this-computer';
  const args = [
    '--no-owner',
    '--no-acl',
    '--no-subscriptions',
    '--verbose',
    '--file=-',
    ...(near ? [archive.path] : []),
  ];
  const tool = await route.tool.tools.start('pg_restore', args, { signal, env: {}, list: listText(entries) });
  const words = createWords({
    total: entries.length,
    log: op.log,
    progress: (done, total) => op.progress(done, total, 'items'),
    onFatal: () => undefined,
  });
  const reader = createInterface({ input: tool.stderr, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on('line', words.line);
  const closed = new Promise<void>((resolve) => reader.once('close', resolve));
  give(tool, near ? undefined : archive.path, signal);
  try {
    yield* tool.stdout as AsyncIterable<Buffer>;
    const ended = await tool.done.catch(() => ({ exitCode: null, signal: 'lost' }));
    await closed;
    const { fatal, last } = words.end();
    if (ended.exitCode !== 0 || fatal.length > 0) {
      const said = fatal[0] ?? last.at(-1) ?? `exit code ${ended.exitCode ?? ended.signal ?? '?'}`;
      throw new ProblemError(
        'restore-in-place-failed',
        { tool: 'pg_restore', message: said },
        { detail: last.join('\n').slice(-4000) },
      );
    }
  } finally {
    await endTool(tool);
  }
}

function give(tool: RunningTool, file: string | undefined, signal: AbortSignal): void {
  tool.stdin.on('error', () => undefined);
  if (file === undefined) {
    tool.stdin.end();
    return;
  }
  // A tool that gives up tells so by itself.
  pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), tool.stdin, { signal }).catch(() => tool.stdin.end());
}

/** Bytes before the first table in which a dump in SQL speaks of extensions and of the schema that everybody has. */
const longestHead = 4 * 1024 * 1024;
const firstTable = /^(?:CREATE TABLE|CREATE FUNCTION|COPY|INSERT INTO) /m;
const unwanted =
  /^(?:DROP EXTENSION IF EXISTS|COMMENT ON EXTENSION|DROP SCHEMA (?:IF EXISTS )?public|CREATE SCHEMA public|COMMENT ON SCHEMA public|ALTER SCHEMA public OWNER TO|SET transaction_timeout)[^\n;]*(?:'(?:[^']|'')*')?[^\n;]*;$/gm;

/** Without the statements about what is there already and what only its owner may touch. */
async function* withoutExtensions(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  const cleaned = (bytes: Buffer) => {
    const text = bytes.toString('latin1');
    const at = firstTable.exec(text)?.index ?? text.length;
    return Buffer.from(text.slice(0, at).replace(unwanted, '') + text.slice(at), 'latin1');
  };
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < longestHead && !firstTable.test(head.toString('latin1'))) continue;
    yield cleaned(head);
    head = undefined;
  }
  if (head !== undefined) yield cleaned(head);
}
