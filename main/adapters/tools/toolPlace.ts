import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DockerCli } from '../docker/dockerCli.ts';
import type { Host, RunningCommand } from '../host.ts';
import { environmentLine } from '../ssh/quoting.ts';

export type PostgresTool = 'pg_dump' | 'pg_restore';

export type ToolStart = {
  signal: AbortSignal;
  /** How it connects. May hold the password: never part of an argument, nowhere on a disk. */
  env: Record<string, string>;
  /** PEM of the certificates that it trusts; a file of it is there while the tool runs. */
  rootCertificates?: string;
};

/** A running tool, and what has to be done once it is over, however it ended. */
export type RunningTool = RunningCommand & { tidy(): Promise<void> };

/** A place where PostgreSQL's tools are: this computer, a computer over SSH, a container. */
export interface ToolPlace {
  /** The caller reads both outputs, feeds or ends the input, waits for `done`, then calls `tidy`. */
  start(tool: PostgresTool, args: readonly string[], options: ToolStart): Promise<RunningTool>;
}

const own = /^PG[A-Z]/i;
/** The tools' words are read, so they must be English. */
const language = { LC_ALL: 'C', LANGUAGE: '' };

/** Tools of this computer: started directly. */
export function localTools(host: Host, pathOf: (tool: PostgresTool) => string): ToolPlace {
  return {
    async start(tool, args, { signal, env, rootCertificates }) {
      let folder: string | undefined;
      const more: Record<string, string> = {};
      if (rootCertificates !== undefined) {
        folder = await mkdtemp(path.join(tmpdir(), 'aperture-companion-'));
        more.PGSSLROOTCERT = path.join(folder, 'root.crt');
        await writeFile(more.PGSSLROOTCERT, rootCertificates, { mode: 0o600 });
      }
      const tidy = async () => {
        if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      };
      try {
        const options = { signal, env: { ...env, ...language, ...more }, withoutInherited: own };
        return { ...(await host.start([pathOf(tool), ...args], options)), tidy };
      } catch (error) {
        await tidy();
        throw error;
      }
    },
  };
}

/**
 * Reads the environment, then the certificates, from standard input, a line each; what follows is the tool's own input. PG variables
 * that are there already take no part. POSIX shells read a line from a pipe byte by byte, so nothing of the rest is lost.
 */
const wrapper = [
  'for v in $(env | sed -n \'s/^\\(PG[A-Z][A-Z_]*\\)=.*/\\1/p\'); do unset "$v"; done',
  'umask 077',
  'f=$(mktemp 2>/dev/null || echo "/tmp/aperture-companion-$$.crt")',
  'nl=$(printf "\\nx"); nl=${nl%x}',
  'IFS= read -r line && eval "$line" || exit 125',
  'IFS= read -r line && eval "$line" || exit 125',
  'unset nl line',
  '[ "$#" -gt 0 ] || exit 125',
  'if [ -z "$APERTURE_CA" ]; then rm -f "$f"; unset APERTURE_CA; exec "$@"; fi',
  'printf %s "$APERTURE_CA" >"$f"; unset APERTURE_CA; PGSSLROOTCERT=$f; export PGSSLROOTCERT',
  'trap "rm -f \\"$f\\"" EXIT',
  '"$@"',
].join('; ');

function preamble({ env, rootCertificates = '' }: ToolStart): string {
  return environmentLine({ ...env, ...language }) + environmentLine({ APERTURE_CA: rootCertificates });
}

const nothing = () => Promise.resolve();

/** Tools of a computer over SSH. */
export function remoteTools(host: Host, pathOf: (tool: PostgresTool) => string): ToolPlace {
  return {
    async start(tool, args, options) {
      const argv = ['sh', '-c', wrapper, 'sh', pathOf(tool), ...args];
      const command = await host.start(argv, { signal: options.signal });
      command.stdin.write(preamble(options));
      return { ...command, tidy: nothing };
    },
  };
}

/** Tools of a container that runs already. */
export function containerTools(cli: DockerCli, container: string): ToolPlace {
  return {
    async start(tool, args, options) {
      const argv = ['exec', '-i', container, 'sh', '-c', wrapper, 'sh', tool, ...args];
      const command = await cli.start(argv, { signal: options.signal, feed: true });
      command.stdin.write(preamble(options));
      return { ...command, tidy: nothing };
    },
  };
}

/** The label of containers that are made for one run of a tool. */
const oneOffLabel = 'aperture-companion.one-off';

/** Tools of an image: in a container that is made for it and removed, whatever happens. Its output goes into no log. */
export function imageTools(cli: DockerCli, image: string, network: string): ToolPlace {
  return {
    async start(tool, args, options) {
      const name = `aperture-companion-${randomBytes(6).toString('hex')}`;
      const tidy = async () => {
        await cli
          .run(['rm', '--force', '--volumes', name], { signal: AbortSignal.timeout(30_000) })
          .catch(() => undefined);
      };
      const made = [
        'run',
        '-i',
        '--rm',
        '--pull',
        'never',
        '--log-driver',
        'none',
        '--name',
        name,
        '--label',
        oneOffLabel,
      ];
      const argv = [...made, '--network', network, '--entrypoint', 'sh', image, '-c', wrapper, 'sh', tool, ...args];
      try {
        const command = await cli.start(argv, { signal: options.signal, feed: true });
        command.stdin.write(preamble(options));
        return { ...command, tidy };
      } catch (error) {
        await tidy();
        throw error;
      }
    },
  };
}
