import type { Duplex } from 'node:stream';

/** A TCP address, or the path of a Unix socket, as seen from the end of the route. */
export type DialTarget = { host: string; port: number } | { socketPath: string };

/**
 * Opens one byte stream along a route: directly, or from an SSH host. Rejects with a ProblemError
 * (`dns-not-found`, `connection-refused`, `ssh-target-refused` …), or `cancelled` when the signal aborts. The caller ends the stream.
 */
export type Dial = (target: DialTarget, signal: AbortSignal) => Promise<Duplex>;
