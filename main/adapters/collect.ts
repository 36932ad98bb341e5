import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { CommandOptions, CommandResult, RunningCommand } from './host.ts';

const defaultMaxOutput = 10 * 1024 * 1024;

/** Runs a command to its end and keeps what it printed, up to the limit. Rejects with `cancelled` when the signal
 * aborts, with `command-timed-out` when the time is over. */
export async function collect(
  start: (options: CommandOptions) => Promise<RunningCommand>,
  options: CommandOptions,
  host: string,
  name: string,
): Promise<CommandResult> {
  const timeout = options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout);
  const signal = timeout === undefined ? options.signal : AbortSignal.any([options.signal, timeout]);
  const explain = (cause: unknown): Error => {
    if (options.signal.aborted) return cancelled(cause);
    return new ProblemError(
      'command-timed-out',
      { host, command: name, seconds: (options.timeout ?? 0) / 1000 },
      { cause },
    );
  };
  let command: RunningCommand;
  try {
    command = await start({ ...options, signal, stdin: options.stdin ?? '' });
  } catch (error) {
    throw timeout?.aborted === true ? explain(error) : error;
  }
  const limit = options.maxOutput ?? defaultMaxOutput;
  const outputs = [gather(command.stdout, limit), gather(command.stderr, limit)] as const;
  const ended = await command.done;
  if (signal.aborted) throw explain(signal.reason);
  const [stdout, stderr] = await Promise.all(outputs);
  return { ...ended, stdout, stderr };
}

/** Reads to the end even when nothing more is kept, so that the command is never stuck on a full pipe. */
function gather(stream: NodeJS.ReadableStream, limit: number): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    stream.on('data', (bytes: Buffer) => {
      const room = limit - size;
      if (room <= 0) return;
      const kept = bytes.length > room ? bytes.subarray(0, room) : bytes;
      parts.push(kept);
      size += kept.length;
    });
    const finish = () => resolve(Buffer.concat(parts).toString('utf8'));
    stream.once('end', finish);
    stream.once('close', finish);
    stream.once('error', finish);
  });
}
