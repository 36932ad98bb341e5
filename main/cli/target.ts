import type { ConnectionSettings, Route, TlsMode } from '../../contract/connection.ts';
import { say, text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import { readBounded } from '../adapters/boundedFile.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Target } from '../services/connections.ts';
import { readConnectionString } from './connectionString.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { sshHostNamed } from './sshRoute.ts';

/** The options that say how a database is reached. */
export type ReachOptions = {
  url?: string;
  ssh?: string;
  sshKey?: string;
  ca?: string;
  tls?: TlsMode;
  passwordStdin?: true;
};

/** Certificates are a few kilobytes each; a bundle of all public authorities has about 200. */
const largestCertificateFile = 200_000;

/**
 * The database that the options name. Every secret in them is made known to the redactor first. `keepHost`: an SSH host that the app
 * doesn't know is saved. Raises WrongUsage, `certificate-file-unreadable`.
 */
export async function targetOf(
  options: ReachOptions,
  context: Context,
  companion: Companion,
  { keepHost, instance, unneeded }: { keepHost: boolean; instance?: Instance; unneeded?: readonly string[] },
): Promise<Target> {
  const given = options.url === undefined ? undefined : readConnectionString(options.url, context.output, unneeded);
  for (const secret of [given?.password, given?.clientKeyPassphrase]) {
    if (secret === undefined) continue;
    companion.redactor.add(secret);
    // Other users of this computer see a process's arguments; on most systems a new title takes their place.
    process.title = 'aperture-companion';
  }
  const settings = given?.settings ?? instance?.connection;
  if (settings === undefined) throw new WrongUsage(say(text('cli.check.which')));
  const password = options.passwordStdin === true ? await passwordFrom(context, companion) : given?.password;
  return {
    settings: { ...settings, tls: await tlsOf(settings.tls, options, context.signal) },
    route: await routeOf(options, companion, keepHost, instance?.route ?? { kind: 'direct' }),
    ...(password === undefined ? {} : { password }),
    passphrases: {
      stored: async () => given?.clientKeyPassphrase,
      ask: context.ask,
      keep: async () => undefined,
    },
  };
}

/** Without the line break that `echo` and editors put behind it. */
async function passwordFrom(context: Context, companion: Companion): Promise<string> {
  if (process.stdin.isTTY === true) throw new WrongUsage(say(text('cli.check.password-stdin-terminal')));
  const password = (await context.readInput()).replace(/\r?\n$/, '');
  companion.redactor.add(password);
  return password;
}

async function tlsOf(
  tls: ConnectionSettings['tls'],
  options: ReachOptions,
  signal: AbortSignal,
): Promise<ConnectionSettings['tls']> {
  const file = options.ca ?? (tls.ca === undefined ? tls.caPath : undefined);
  // A CA alone asks for verification, as libpq does with a root certificate; plain `prefer` would not use it for the name.
  const mode = options.tls ?? (options.ca !== undefined && tls.mode === 'prefer' ? 'verify-full' : tls.mode);
  if (file === undefined || mode === 'disable') return { ...tls, mode };
  return { ...tls, mode, ca: await certificatesIn(file, signal), caPath: file };
}

async function certificatesIn(path: string, signal: AbortSignal): Promise<string> {
  const bytes = await readBounded(path, { signal, maxBytes: largestCertificateFile }).catch((error: unknown) => {
    if (!(error instanceof ProblemError) || error.problem.code !== 'file-unreadable') throw error;
    throw new ProblemError('certificate-file-unreadable', { ...error.problem.values, path }, { cause: error });
  });
  const found = Buffer.from(bytes)
    .toString('utf8')
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (found === null || bytes.length > largestCertificateFile) {
    throw new ProblemError('certificate-file-unreadable', { path, reason: 'no PEM in it' });
  }
  return `${found.join('\n')}\n`;
}

async function routeOf(
  { ssh, sshKey }: ReachOptions,
  { sshHosts }: Companion,
  keepHost: boolean,
  otherwise: Route,
): Promise<Route> {
  if (ssh === undefined) {
    if (sshKey !== undefined) throw new WrongUsage(say(text('cli.ssh.key-alone')));
    return otherwise;
  }
  const { host, known } = sshHostNamed(ssh, sshKey, await sshHosts.list());
  if (!known) await (keepHost ? sshHosts.save(host) : sshHosts.borrow(host));
  return { kind: 'ssh', sshHostId: host.id };
}
