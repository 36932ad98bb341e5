import { createServer } from 'node:http';
import { logger } from './log.js';

const log = logger({ name: 'api' });

/**
 * The server's HTTP side, as far as somebody who watches it from outside sees it.
 *
 * @param {import('pg').Pool} pool
 * @param {string} version
 */
export function createApi(pool, version) {
  let requests = 0;
  const routes = {
    '/health': async () => {
      const connected = await pool.query('SELECT 1').then(
        () => true,
        () => false,
      );
      const time = new Date().toISOString();
      return [connected ? 200 : 503, { ok: connected, name: 'Aperture', version, time, database: { connected } }];
    },
    '/ready': async () => [200, { ready: true }],
    '/live': async () => [200, { live: true }],
    // Wrong, as the real one's is: the version to trust is that in /health.
    '/api/version': async () => [200, { version: '0.1.0' }],
    '/api/setup/status': async () => {
      const { rows } = await pool.query("SELECT value FROM system_settings WHERE key = 'setup_complete'");
      return [200, { needsSetup: rows[0]?.value !== 'true' }];
    },
  };
  return createServer(async (request, response) => {
    requests += 1;
    const reqId = `req-${requests.toString(36)}`;
    const url = request.url ?? '/';
    log('info', { reqId, req: { method: request.method, url, host: request.headers.host } }, 'incoming request');
    const startedAt = performance.now();
    const [status, body] = await answer(routes[url.split('?')[0]], url, reqId);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
    const responseTime = performance.now() - startedAt;
    log('info', { reqId, res: { statusCode: status }, responseTime }, 'request completed');
  });
}

async function answer(route, url, reqId) {
  if (!route) return [404, { message: `Route GET:${url} not found`, error: 'Not Found', statusCode: 404 }];
  try {
    return await route();
  } catch (error) {
    log('error', { reqId, err: { message: error.message, code: error.code } }, error.message);
    return [500, { statusCode: 500, error: 'Internal Server Error', message: error.message }];
  }
}
