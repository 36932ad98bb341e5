/** Hosts of the documentation that the app points to. Anything else is not opened. */
const allowedHosts = new Set([
  'www.postgresql.org',
  'wiki.postgresql.org',
  'github.com',
  'supabase.com',
  'neon.com',
  'docs.aws.amazon.com',
  'console.aws.amazon.com',
  'learn.microsoft.com',
  'portal.azure.com',
  'cloud.google.com',
  'console.cloud.google.com',
  'docs.digitalocean.com',
  'cloud.digitalocean.com',
  'docs.docker.com',
  'www.pgbouncer.org',
]);

/** Paths that matter on hosts where anybody can publish. */
const allowedPaths: Record<string, readonly string[]> = {
  'github.com': ['/pgvector/', '/dgruhin-hrizn/aperture'],
};

/** The parsed URL when it may be opened in the system's browser, else undefined. Compared as a URL, never as text. */
export function openableLink(text: string): URL | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') return undefined;
  if (!allowedHosts.has(url.hostname)) return undefined;
  const paths = allowedPaths[url.hostname];
  if (paths !== undefined && !paths.some((path) => url.pathname === path || url.pathname.startsWith(path)))
    return undefined;
  return url;
}

/** The address that an Aperture server is used under, when a browser may be sent there: http or https, nothing in it that logs in. */
export function serverAddress(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const opens = (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '';
  return opens ? url : undefined;
}
