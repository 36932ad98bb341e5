import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DockerCli } from '../docker/dockerCli.ts';
import type { Host, RunningCommand } from '../host.ts';
import { environmentLine } from '../ssh/quoting.ts';

export type PostgresTool = 'pg_dump' | 'pg_restore' | 'psql';

export type ToolStart = {
  signal: AbortSignal;
  /** How it connects. May hold the password: never part of an argument, nowhere on a disk. */
  env: Record<string, string>;
  /** PEM of the certificates that it trusts; a file of it is there while the tool runs. */
  rootCertificates?: string;
  /** pg_restore's list of what to restore: becomes a file that `--use-list` names. */
  list?: string;
  /** So many bytes of standard input become a file first, whose path is the last argument: several workers can read from it. */
  inputBytes?: number;
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
    async start(tool, args, { signal, env, rootCertificates, list, inputBytes }) {
      // Whoever has the bytes on this computer has them in a file.
      if (inputBytes !== undefined) throw new TypeError('tools of this computer are given the file itself');
      let folder: string | undefined;
      const more: Record<string, string> = {};
      const given = [...args];
      if (rootCertificates !== undefined || list !== undefined) {
        folder = await mkdtemp(path.join(tmpdir(), 'aperture-companion-'));
      }
      if (folder !== undefined && rootCertificates !== undefined) {
        more.PGSSLROOTCERT = path.join(folder, 'root.crt');
        await writeFile(more.PGSSLROOTCERT, rootCertificates, { mode: 0o600 });
      }
      if (folder !== undefined && list !== undefined) {
        const file = path.join(folder, 'list');
        await writeFile(file, list, { mode: 0o600 });
        given.unshift(`--use-list=${file}`);
      }
      const tidy = async () => {
        if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      };
      try {
        const options = { signal, env: { ...env, ...language, ...more }, withoutInherited: own };
        return { ...(await host.start([pathOf(tool), ...given], options)), tidy };
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
  'i=$APERTURE_INPUT; l=; unset APERTURE_INPUT',
  // Written by the shell itself and forgotten before a program is started: too long for the environment of one.
  'if [ -n "$APERTURE_LIST" ]; then l=$f.list; printf "%s\\n" "$APERTURE_LIST" >"$l"; fi; unset APERTURE_LIST',
  'if [ -z "$APERTURE_CA$l$i" ]; then rm -f "$f"; unset APERTURE_CA; exec "$@"; fi',
  'trap "rm -f \\"$f\\" \\"$f.list\\" \\"$f.input\\"" EXIT',
  'if [ -n "$APERTURE_CA" ]; then printf %s "$APERTURE_CA" >"$f"; PGSSLROOTCERT=$f; export PGSSLROOTCERT; fi; unset APERTURE_CA',
  'if [ -n "$l" ]; then t=$1; shift; set -- "$t" "--use-list=$l" "$@"; fi',
  'if [ -z "$i" ]; then "$@"; exit; fi',
  // Only all of it counts: a link that breaks looks like the end of the input.
  'cat >"$f.input" || exit 124; [ "$(wc -c <"$f.input")" -eq "$i" ] || exit 124',
  '"$@" "$f.input" </dev/null',
].join('; ');

function preamble({ env, rootCertificates = '', list = '', inputBytes }: ToolStart): string {
  const files = {
    APERTURE_CA: rootCertificates,
    APERTURE_LIST: list,
    APERTURE_INPUT: inputBytes === undefined ? '' : String(inputBytes),
  };
  return environmentLine({ ...env, ...language }) + environmentLine(files);
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
