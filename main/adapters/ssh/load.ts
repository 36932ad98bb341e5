import type * as Ssh2 from 'ssh2';

/** The SSH library, loaded when it is first needed: not before the first window is painted. */
export async function loadSsh2(): Promise<typeof Ssh2> {
  // It is CommonJS: everything is on the default export, whatever the loader detects as named.
  const loaded: { default?: typeof Ssh2 } & Partial<typeof Ssh2> = await import('ssh2');
  return loaded.default ?? (loaded as typeof Ssh2);
}
