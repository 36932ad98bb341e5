import type { Fix } from '../../contract/fix.ts';
import type { Problem } from '../../contract/problem.ts';
import { groupFix, startFix, sudoersFix } from './dockerFixes.ts';

/** What was being done when Docker refused. Nothing in here is secret. */
export type DockerContext = {
  host: string;
  user: string;
  /** As /etc/os-release or the NAS says it. */
  systemId: string;
  address: string;
  sudo: boolean;
  /** "start", "compose up" */
  command: string;
  container: string;
};

type Rule = {
  pattern: RegExp;
  code: Problem['code'];
  values?: (match: RegExpMatchArray) => Problem['values'];
  fixes?: (context: DockerContext) => Fix[];
};

/** No room left for an image, a layer or a container, in the words of the kernel. */
export const diskFull = /no space left on device|not enough (?:free )?(?:disk )?space|disk quota exceeded/i;

/** Docker's, Podman's and sudo's own words on standard error, in the order in which they are looked for. */
const rules: readonly Rule[] = [
  { pattern: diskFull, code: 'docker-disk-full' },
  {
    pattern:
      /sudo: (?:a password is required|a terminal is required|no tty present|sorry, you must have a tty)|is not (?:in the sudoers file|allowed to (?:execute|run sudo))/i,
    code: 'docker-sudo-refused',
    fixes: (context) => [groupFix(context), sudoersFix(context)],
  },
  {
    pattern: /permission denied (?:while )?trying to connect|dial unix [^\n]*: (?:connect: )?permission denied/i,
    code: 'docker-permission-denied',
    fixes: (context) => [groupFix(context), sudoersFix(context)],
  },
  {
    pattern:
      /cannot connect to the docker daemon|is the docker daemon running|error during connect|dial unix [^\n]*: connect: (?:connection refused|no such file)|unable to connect to podman|docker daemon is not running/i,
    code: 'docker-not-running',
    fixes: (context) => startFix(context),
  },
  {
    pattern: /context "(?<context>[^"]+)"(?: does not exist| not found)|context not found/i,
    code: 'docker-context-missing',
    values: ({ groups }) => ({ context: groups?.context ?? '', known: '' }),
  },
  {
    pattern: /no such (?:container|object):? *"?(?<name>[^\s"]*)|no container with name or id "(?<podman>[^"]+)"/i,
    code: 'container-missing',
    values: ({ groups }) => ({ container: groups?.name || groups?.podman || '' }),
  },
  {
    pattern: /container name "\/?(?<name>[^"]+)" is already in use/i,
    code: 'container-name-taken',
    values: ({ groups }) => ({ container: groups?.name ?? '' }),
  },
  {
    pattern:
      /(?:bind for [^\s]*?:(?<a>\d+) failed: port is already allocated|listen tcp\d? [^\s]*?:(?<b>\d+): bind: (?:address already in use|.*only one usage)|ports are not available: exposing port TCP [^\s]*?:(?<c>\d+)|failed to bind host port [^\s]*?:(?<d>\d+)|address already in use)/i,
    code: 'container-port-taken',
    values: ({ groups }) => ({ port: groups?.a ?? groups?.b ?? groups?.c ?? groups?.d ?? '' }),
  },
  {
    pattern:
      /(?:bind source path does not exist: (?<a>[^\n]+)|error while creating mount source path '(?<b>[^']+)'|mounts denied:[^\n]*\n?[^\n]*path (?<c>\S+)|error mounting "(?<d>[^"]+)")/i,
    code: 'container-mount-failed',
    values: ({ groups }) => ({ path: (groups?.a ?? groups?.b ?? groups?.c ?? groups?.d ?? '').trim() }),
  },
  {
    pattern: /network (?<name>\S+) (?:not found|declared as external, but could not be found)/i,
    code: 'container-network-missing',
    values: ({ groups }) => ({ network: groups?.name ?? '' }),
  },
  {
    pattern:
      /(?:no such image: (?<a>\S+)|pull access denied for (?<b>[^\s,]+)|unable to find image '(?<c>[^']+)'|manifest for (?<d>\S+) not found|manifest unknown)/i,
    code: 'container-image-missing',
    values: ({ groups }) => ({ image: groups?.a ?? groups?.b ?? groups?.c ?? groups?.d ?? '' }),
  },
];

/** The problem that Docker's words are; one that nobody knows is `docker-command-failed` with them in it. */
export function recogniseDocker(words: string, context: DockerContext): Problem {
  const detail = words.trim();
  const { host, user, address, command, container } = context;
  const base = { host, user, address, command, container, message: firstLine(detail) };
  for (const { pattern, code, values, fixes } of rules) {
    const match = pattern.exec(detail);
    if (match === null) continue;
    const found = Object.entries(values?.(match) ?? {}).filter(([, value]) => value !== '');
    return {
      code,
      values: { ...base, ...Object.fromEntries(found) },
      detail,
      ...(fixes === undefined ? {} : { fixes: fixes(context) }),
    };
  }
  return { code: 'docker-command-failed', values: base, detail };
}

function firstLine(detail: string): string {
  const line = detail.split('\n').find((one) => one.trim() !== '') ?? '';
  return line.replace(/^(?:docker: )?Error response from daemon: /, '').trim();
}
