import { pinoLine, type RawLine } from './logLine.ts';

/** How far the server got since it was started last, as its own log tells. */
export type LogProgress = {
  stage: 'silent' | 'migrating' | 'migrated' | 'listening' | 'failed';
  /** Of those that the image has, how many the database had, and what was applied now. */
  total?: number;
  applied?: number;
  /** Migrations that it found missing and did not run. */
  pending?: number;
  /** The migration that it was at when the log ended. */
  migration?: string;
  lastAt?: string;
};

const ranks = { silent: 0, migrating: 1, migrated: 2, listening: 3, failed: 4 } as const;

/** Reads the lines of one start, in any order between plain and JSON lines. */
export function logProgress(lines: readonly RawLine[]): LogProgress {
  const progress: LogProgress = { stage: 'silent' };
  const reach = (stage: LogProgress['stage']) => {
    if (ranks[stage] > ranks[progress.stage]) progress.stage = stage;
  };
  for (const { at, text } of lines) {
    if (at !== undefined) progress.lastAt = at;
    const fields = pinoLine(text);
    if (fields === undefined) readPlain(text.trim(), progress, reach);
    else if (typeof fields.msg === 'string') readPino(fields.msg, fields, progress, reach);
  }
  return progress;
}

function readPlain(line: string, progress: LogProgress, reach: (stage: LogProgress['stage']) => void): void {
  if (/Running database migrations\b/.test(line)) reach('migrating');
  else if (/^✓ Database is up to date/.test(line)) {
    progress.pending = 0;
    reach('migrated');
  } else if (/Aperture API server running at /.test(line)) reach('listening');
  else if (/^(?:Failed to run migrations:|❌ Invalid environment variables|Failed to validate environment:)/.test(line))
    reach('failed');
  const applied = /^✓ Applied (\d+) migration/.exec(line)?.[1];
  if (applied !== undefined) {
    progress.pending = 0;
    reach('migrated');
  }
  const pending = /^⚠️? *(\d+) pending migration/u.exec(line)?.[1];
  if (pending !== undefined) progress.pending = Number(pending);
}

function readPino(
  message: string,
  fields: { migration?: unknown; total?: unknown; applied?: unknown },
  progress: LogProgress,
  reach: (stage: LogProgress['stage']) => void,
): void {
  if (typeof fields.migration === 'string' && message === 'Applying migration') progress.migration = fields.migration;
  if (message === 'Starting migrations') {
    if (typeof fields.total === 'number') progress.total = fields.total;
    if (typeof fields.applied === 'number') progress.applied = fields.applied;
    reach('migrating');
  } else if (message === 'Migration applied successfully') {
    progress.applied = (progress.applied ?? 0) + 1;
    delete progress.migration;
    reach('migrating');
  } else if (message === 'Migrations completed') reach('migrated');
  else if (message.startsWith('Server listening at ')) reach('listening');
}
