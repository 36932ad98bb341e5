import type { Problem } from '../../contract/problem.ts';
import { diskFull } from './recogniseDocker.ts';

/** What was pulled, and where to. */
export type PullContext = { host: string; image: string };

const rules: readonly [RegExp, Problem['code']][] = [
  [diskFull, 'docker-disk-full'],
  [/toomanyrequests|too many requests|rate limit|\b429\b/i, 'registry-limited'],
  [
    /no matching manifest for|no image found in (?:manifest|image index)|image operating system .* cannot be used/i,
    'image-platform-missing',
  ],
  [
    /manifest unknown|manifest for \S+ not found|name unknown|repository .* not found|not found: manifest|reading manifest/i,
    'container-image-missing',
  ],
  [/unauthorized|denied|no basic auth credentials|authentication required|forbidden|\b40[13]\b/i, 'registry-refused'],
  [
    /dial tcp|lookup |no such host|i\/o timeout|timeout exceeded|deadline exceeded|connection (?:refused|reset)|network is unreachable|tls handshake|x509|unexpected eof|: eof\b|bad gateway|service unavailable|server misbehaving|http2|proxyconnect|pinging container registry|\b50\d\b/i,
    'registry-unreachable',
  ],
];

/** The problem that the engine's words about a pull are; one that nobody knows is `docker-command-failed` with them in it. */
export function recognisePull(words: string, { host, image }: PullContext): Problem {
  const detail = words.trim();
  const registry = registryOf(image);
  const code = rules.find(([pattern]) => pattern.test(detail))?.[1] ?? 'docker-command-failed';
  const values = {
    host,
    image,
    registry,
    command: 'pull',
    message: (detail.split('\n')[0] ?? '').replace(/^Error response from daemon: /, ''),
    user: '',
    address: '',
    container: '',
  };
  return { code, values, detail };
}

/** Where an image comes from: a first part with a dot or a port is a registry, as Docker reads it. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}
