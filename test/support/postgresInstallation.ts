import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from './processes.ts';

/** Major versions that tests run against. 15 has no pgvector, 13 neither (and is too old), 17 and 18 have it. */
export const postgresMajors = [13, 15, 17, 18] as const;

/** One of the major versions that tests run against. */
export type PostgresMajor = (typeof postgresMajors)[number];

/** Where the environment script keeps what is too big for the checkout. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'aperture-companion');

const isRoot = process.getuid?.() === 0;

/**
 * The user that servers run as where this process is root, which PostgreSQL and PgBouncer refuse to be: Debian's own
 * user for it, else nobody.
 */
export const serverUser = isRoot ? findServerUser() : { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };

/** Where a private mount shows a cached release: root's home is closed to the server's user. */
const shownAt = '/mnt';

/**
 * How to run one of PostgreSQL's server programs (`postgres`, `initdb`, `pg_basebackup`) of a major version, as a user
 * that PostgreSQL accepts. The command replaces itself by the program, so its process id is the program's.
 *
 * @param file a program other than PostgreSQL's own, by its path within the release
 */
export function serverCommand(major: PostgresMajor, program: string, args: readonly string[]): Command {
  const root = cachedRelease(major);
  const path = `/usr/lib/postgresql/${major}/bin/${program}`;
  if (!isRoot) return [`${root ?? ''}${path}`, ...args];
  if (root === undefined) return asServerUser([path, ...args]);
  const script = `mount --bind "$0" ${shownAt} && exec "$@"`;
  return ['unshare', '--mount', 'sh', '-c', script, root, ...asServerUser([`${shownAt}${path}`, ...args])];
}

/**
 * Path of a client program (`psql`, `pg_dump`, `pg_restore`, `pg_isready`) of a major version; it can be started
 * directly, by any user.
 */
export function clientProgram(major: PostgresMajor, program: 'psql' | 'pg_dump' | 'pg_restore' | 'pg_isready'): string {
  const root = cachedRelease(major);
  return root === undefined ? `/usr/lib/postgresql/${major}/bin/${program}` : join(root, 'tools', program);
}

/** The command as the servers' user, where this process is root. It replaces itself by the program. */
export function asServerUser(command: Command): Command {
  if (!isRoot) return command;
  const { uid, gid } = serverUser;
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...command];
}

function findServerUser(): { readonly uid: number; readonly gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return { uid: Number(found?.[2] ?? 65_534), gid: Number(found?.[3] ?? 65_534) };
}

/** The release unpacked by the environment script; undefined when the machine's own packages hold that major version. */
function cachedRelease(major: PostgresMajor): string | undefined {
  const root = join(cacheFolder, 'postgres', String(major));
  if (existsSync(join(root, 'aperture-companion.json'))) return root;
  if (existsSync(`/usr/lib/postgresql/${major}/bin/postgres`)) return undefined;
  throw new Error(`PostgreSQL ${major} is not there for the tests: run "npm run environment"`);
}
