import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { DockerCli } from './dockerCli.ts';

export type Source = 'stdout' | 'stderr';
/** A line as the engine prints it with `--timestamps`. */
export type LogLine = { line: string; from: Source };

export type LogWindow = {
  /** Only the last so many lines. */
  tail?: number;
  /** RFC 3339, as the engine tells times. */
  since?: string;
  until?: string;
};

/** Bytes of one line that are kept: a line is read by people, and one without an end must not fill the memory. */
const longestLine = 64 * 1024;
/** Lines that wait for the reader before the command is held up. */
const mostWaiting = 5_000;
/** Milliseconds between looks where the log can't be followed. */
const lookInterval = 1_000;

function logArguments(container: string, { tail, since, until }: LogWindow, follow: boolean): string[] {
  return [
    'logs',
    '--timestamps',
    ...(follow ? ['--follow'] : []),
    ...(tail === undefined ? [] : ['--tail', String(tail)]),
    ...(since === undefined ? [] : ['--since', since]),
    ...(until === undefined ? [] : ['--until', until]),
    container,
  ];
}

/** Bytes of each stream that are read at once. */
const mostAtOnce = 4 * 1024 * 1024;

/**
 * Lines of both streams in the order of their times, up to a few megabytes from the beginning of the window. Raises `container-missing`,
 * `docker-…`.
 */
export async function readLog(
  cli: DockerCli,
  container: string,
  window: LogWindow,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const args = logArguments(container, window, false);
  const result = await cli.run(args, { signal, maxOutput: mostAtOnce });
  if (result.exitCode !== 0) throw cli.failure(args, result, container);
  const parts = [linesOf(result.stdout, 'stdout'), linesOf(result.stderr, 'stderr')];
  // Of the other stream nothing later than the cut: whoever reads on from the last time would miss what was cut off.
  const cuts = parts.filter(({ cut }) => cut).map(({ lines }) => timeOf(lines.at(-1)?.line ?? ''));
  const lines = parts.flatMap((part) => part.lines).filter(({ line }) => cuts.every((cut) => timeOf(line) <= cut));
  // Stable: lines of one time and stream stay in their order.
  return lines.sort((a, b) => (timeOf(a.line) < timeOf(b.line) ? -1 : Number(timeOf(a.line) > timeOf(b.line))));
}

/** The engine writes times in one length, so that they sort as texts. */
function timeOf(line: string): string {
  return line.slice(0, 30);
}

/** The last line of what was cut off is none. */
function linesOf(text: string, from: Source): { lines: LogLine[]; cut: boolean } {
  const lines = text.split('\n');
  const cut = lines.pop() !== '' && Buffer.byteLength(text) >= mostAtOnce - 4;
  return { lines: lines.map((line) => ({ line: line.slice(0, longestLine), from })), cut };
}

/**
 * The log in batches of whole lines, and with `follow` as it grows. Memory stays bounded: a reader that is slow holds up the command. Ends
 * with the container; leaving the loop, or the signal, ends the command on the Docker host, too. Where docker runs by sudo, nobody could end it
 * there, so that the log is asked for again and again instead of followed.
 */
export function streamLog(
  cli: DockerCli,
  container: string,
  window: LogWindow & { follow: boolean },
  signal: AbortSignal,
): AsyncGenerator<LogLine[], void, void> {
  const polled = cli.options.sudo && window.follow;
  return polled ? pollLog(cli, container, window, signal) : pipeLog(cli, container, window, signal);
}

async function* pipeLog(
  cli: DockerCli,
  container: string,
  window: LogWindow & { follow: boolean },
  signal: AbortSignal,
): AsyncGenerator<LogLine[], void, void> {
  const ended = new AbortController();
  const args = logArguments(container, window, window.follow);
  const command = await cli.start(args, { signal: AbortSignal.any([signal, ended.signal]) });
  let waiting: LogLine[] = [];
  let open = 2;
  let last = '';
  let wake: () => void = () => undefined;
  const streams = { stdout: command.stdout, stderr: command.stderr };
  for (const from of ['stdout', 'stderr'] as const) {
    let rest = '';
    streams[from].setEncoding('utf8');
    streams[from].on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, longestLine);
      for (const line of lines) waiting.push({ line: line.slice(0, longestLine), from });
      if (from === 'stderr') last = `${last}${text}`.slice(-2000);
      if (waiting.length > mostWaiting) for (const stream of Object.values(streams)) stream.pause();
      wake();
    });
    let counted = false;
    const close = () => {
      if (counted) return;
      counted = true;
      if (rest !== '') waiting.push({ line: rest, from });
      rest = '';
      open -= 1;
      wake();
    };
    streams[from].once('end', close);
    streams[from].once('close', close);
    streams[from].once('error', close);
  }
  const aborted = () => wake();
  signal.addEventListener('abort', aborted, { once: true });
  try {
    while (!signal.aborted) {
      if (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        yield batch;
        for (const stream of Object.values(streams)) stream.resume();
      } else if (open === 0) {
        const { exitCode } = await command.done;
        const unread = last.replace(/^\d{4}-\S+ /gm, '');
        if (exitCode !== 0 && /Error response from daemon|No such container|no container with/.test(unread)) {
          throw cli.failure(args, { exitCode, signal: null, stdout: '', stderr: unread }, container);
        }
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    throw cancelled(signal.reason);
  } finally {
    signal.removeEventListener('abort', aborted);
    ended.abort();
    await command.end();
  }
}

async function* pollLog(
  cli: DockerCli,
  container: string,
  window: LogWindow,
  signal: AbortSignal,
): AsyncGenerator<LogLine[], void, void> {
  let { tail, since } = window;
  /** Lines of the last time that was seen: the engine's `--since` gives them again. */
  let seen = new Set<string>();
  for (;;) {
    const lines = await readLog(
      cli,
      container,
      { ...(tail === undefined ? {} : { tail }), ...(since === undefined ? {} : { since }) },
      signal,
    );
    const fresh = lines.filter(({ line, from }) => !seen.has(`${from} ${line}`));
    const newest = fresh.at(-1)?.line.split(' ', 1)[0];
    if (newest !== undefined && /^\d{4}-/.test(newest)) {
      if (newest !== since) seen = new Set();
      for (const { line, from } of fresh) if (line.startsWith(newest)) seen.add(`${from} ${line}`);
      since = newest;
      tail = undefined;
    }
    if (fresh.length > 0) yield fresh;
    try {
      await delay(lookInterval, undefined, { signal });
    } catch (cause) {
      throw cancelled(cause);
    }
    if (!(await isUp(cli, container, signal)) && fresh.length === 0) return;
  }
}

async function isUp(cli: DockerCli, container: string, signal: AbortSignal): Promise<boolean> {
  const args = ['container', 'inspect', '--format', '{{.State.Running}}', '--', container];
  const result = await cli.run(args, { signal });
  if (result.exitCode !== 0) {
    const error = cli.failure(args, result, container);
    if (error instanceof ProblemError && error.problem.code === 'container-missing') return false;
    throw error;
  }
  return result.stdout.trim() === 'true';
}
