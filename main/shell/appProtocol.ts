import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

export const appScheme = 'app';
export const appOrigin = 'app://companion';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/** Replaced in index.html by a fresh nonce on every load; styles that the component library adds at run time carry it. */
const noncePlaceholder = 'CSP_NONCE';

/** No inline script, no eval, nothing from the network. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function reply(status: number, body: Uint8Array | string, contentType: string, nonce: string): Response {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);
  return new Response(bytes, {
    status,
    headers: {
      'content-type': contentType,
      'content-security-policy': contentSecurityPolicy(nonce),
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    },
  });
}

/**
 * Answers requests for `app://companion/…` from one folder. Anything outside it, any other host and any unknown type is 404:
 * the folder is the whole web that the page can see.
 */
export async function serveFrom(folder: string, request: { url: string; method: string }): Promise<Response> {
  const nonce = randomBytes(16).toString('base64');
  const notFound = () => reply(404, 'Not found', 'text/plain; charset=utf-8', nonce);
  if (request.method !== 'GET') return notFound();
  let pathname: string;
  try {
    const url = new URL(request.url);
    if (url.protocol !== `${appScheme}:` || url.host !== 'companion') return notFound();
    pathname = decodeURIComponent(url.pathname);
  } catch {
    return notFound();
  }
  if (pathname.includes('\0') || pathname.includes('\\')) return notFound();
  const root = normalize(folder + sep);
  const path = normalize(join(root, pathname === '/' ? 'index.html' : pathname));
  const contentType = contentTypes[extname(path)];
  if (!path.startsWith(root) || contentType === undefined) return notFound();
  try {
    const content = await readFile(path);
    return path.endsWith('.html')
      ? reply(200, content.toString('utf8').replaceAll(noncePlaceholder, nonce), contentType, nonce)
      : reply(200, content, contentType, nonce);
  } catch {
    return notFound();
  }
}
