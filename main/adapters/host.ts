import type { Duplex } from 'node:stream';
import type { Dial } from './dial.ts';

export type CommandResult = { exitCode: number | null; signal: string | null; stdout: string; stderr: string };

export type CommandOptions = {
  signal: AbortSignal;
  /** Bytes for standard input; ended afterwards. */
  stdin?: string | NodeJS.ReadableStream;
  /** Milliseconds; the command is terminated, then killed. */
  timeout?: number;
  /** Environment of this command only. May hold secrets; over SSH they go through standard input, never argv. */
  env?: Record<string, string>;
  /** On this computer: variables of the app's own environment that the command must not see. */
  withoutInherited?: RegExp;
  /** stdout and stderr are cut off at this many bytes each (default 10 MiB), so that a chatty command can't fill memory. */
  maxOutput?: number;
};

/** A running command whose output is streamed. */
export type RunningCommand = {
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
  stdin: NodeJS.WritableStream;
  done: Promise<{ exitCode: number | null; signal: string | null }>;
  /** Terminates, waits, then kills; resolves with what it took. */
  end(): Promise<'exited' | 'terminated' | 'killed'>;
};

/**
 * "This computer" or a computer over SSH, with the same abilities. Docker, tools and tunnels work through it and don't know which it is.
 * Arguments are always an array: no shell string is ever built from user input by callers.
 */
export interface Host {
  readonly kind: 'local' | 'ssh';
  /** For people: "this computer", "nas.lan". */
  readonly label: string;
  readonly dial: Dial;
  run(argv: readonly string[], options: CommandOptions): Promise<CommandResult>;
  start(argv: readonly string[], options: CommandOptions): Promise<RunningCommand>;
  readFile(path: string, options: { signal: AbortSignal; maxBytes: number }): Promise<Buffer>;
  /** Temporary name, fsync, rename. `mode` is octal, e.g. 0o600. */
  writeFile(path: string, content: Buffer, options: { signal: AbortSignal; mode: number }): Promise<void>;
  /** A port on 127.0.0.1 of this computer that leads to the target; listens only until closed. */
  tunnel(
    target: { host: string; port: number },
    signal: AbortSignal,
  ): Promise<{ host: '127.0.0.1'; port: number; close(): Promise<void> }>;
  openStream(socketPath: string, signal: AbortSignal): Promise<Duplex>;
}
