import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Whether the default collection of the Secret Service is locked; undefined when that cannot be found out. Never asks the user. */
export type LockedCollection = (signal: AbortSignal) => Promise<boolean | undefined>;

const run = promisify(execFile);
const collection = '/org/freedesktop/secrets/aliases/default';
const name = 'org.freedesktop.secrets';
const interfaceName = 'org.freedesktop.Secret.Collection';
const getProperty = 'org.freedesktop.DBus.Properties.Get';

/** Any one of these is on nearly every Linux desktop (systemd, GLib, D-Bus itself). */
const commands: readonly (readonly [string, ...string[]])[] = [
  ['busctl', '--user', '--timeout=5', 'get-property', name, collection, interfaceName, 'Locked'],
  [
    'gdbus',
    'call',
    '--session',
    '--timeout=5',
    '--dest',
    name,
    '--object-path',
    collection,
    '--method',
    getProperty,
    interfaceName,
    'Locked',
  ],
  [
    'dbus-send',
    '--session',
    '--reply-timeout=5000',
    '--print-reply',
    `--dest=${name}`,
    collection,
    getProperty,
    `string:${interfaceName}`,
    'string:Locked',
  ],
];

/**
 * Asks the Secret Service (Linux). keytar cannot tell a locked entry from a missing one: libsecret's secret_password_lookup_sync
 * answers NULL without an error for both.
 */
export const secretServiceLocked: LockedCollection = async (signal) => {
  if (process.platform !== 'linux') return undefined;
  for (const [program, ...args] of commands) {
    try {
      const { stdout } = await run(program, args, { timeout: 6_000, signal });
      const locked = parseLocked(stdout);
      if (locked !== undefined) return locked;
    } catch {
      if (signal.aborted) return undefined;
    }
  }
  return undefined;
};

/** `b true` (busctl), `(<true>,)` (gdbus), `variant       boolean true` (dbus-send). */
export function parseLocked(output: string): boolean | undefined {
  const match = /\b(true|false)\b/.exec(output);
  return match === null ? undefined : match[1] === 'true';
}
