import { type ClientRequestArgs, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { HealthAnswer } from '../../../contract/server.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { DockerCli } from './dockerCli.ts';

/** Milliseconds: a server whose database accepts and never answers leaves `/health` hanging for ever. */
const healthPatience = 6_000;
const largestAnswer = 64 * 1024;

const healthSchema = z.object({
  ok: z.boolean(),
  name: z.string().optional(),
  version: z.string().default(''),
  database: z.object({ connected: z.boolean() }).optional(),
});

/** Judges an answer of `/health`, whichever way it came. */
export function judgeHealth(status: number, body: string): HealthAnswer {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { kind: 'other', status, detail: body.slice(0, 300) };
  }
  const parsed = healthSchema.safeParse(value);
  if (!parsed.success) return { kind: 'other', status, detail: body.slice(0, 300) };
  const { ok, version, database } = parsed.data;
  if (database?.connected === false) return { kind: 'database-down', version };
  if (ok && database?.connected === true && status === 200) return { kind: 'ok', version, databaseConnected: true };
  return { kind: 'other', status, detail: body.slice(0, 300) };
}

/**
 * Asks through a port that the Docker host has open, and from inside the container where there is none or it does not answer.
 * Never rejects but with `cancelled`.
 */
export async function askHealth(
  cli: DockerCli,
  container: string,
  ports: { inside: number; host: string; port: number }[],
  inside: number,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const published = ports.find((port) => port.inside === inside);
  if (published !== undefined) {
    const host = /^(?:0\.0\.0\.0|)$/.test(published.host) ? '127.0.0.1' : published.host.replace(/^::$/, '::1');
    const answer = await askPort(cli, { host, port: published.port }, signal);
    if (answer.kind !== 'no-answer' || answer.reason === 'timeout') return answer;
  }
  return askInside(cli, container, inside, signal);
}

async function askPort(
  { host: { dial } }: DockerCli,
  target: { host: string; port: number },
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const limit = AbortSignal.timeout(healthPatience);
  const either = AbortSignal.any([signal, limit]);
  let stream: Duplex | undefined;
  try {
    stream = await dial(target, either);
    const { status, body } = await get(stream, target.host, either);
    return judgeHealth(status, body);
  } catch (error) {
    if (signal.aborted) throw cancelled(signal.reason);
    const detail = error instanceof Error ? error.message : String(error);
    if (limit.aborted) return { kind: 'no-answer', reason: 'timeout', detail };
    const refused = error instanceof ProblemError && /refused/.test(error.problem.code);
    return { kind: 'no-answer', reason: refused ? 'refused' : 'failed', detail };
  } finally {
    stream?.destroy();
  }
}

function get(stream: Duplex, host: string, signal: AbortSignal): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // A stream of another computer is no net.Socket, which the types ask for and the client does not.
    const createConnection = (() => stream) as unknown as NonNullable<ClientRequestArgs['createConnection']>;
    const asked = request({ createConnection, host, path: '/health', headers: { connection: 'close' }, signal });
    asked.once('error', reject);
    asked.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        if (body.length < largestAnswer) body += part;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.end();
  });
}

/** For the server's own node: prints the status and the answer, or why there is none. */
const script = [
  "const r=require('http').get({host:'127.0.0.1',port:+process.argv[1],path:'/health'},s=>{let b='';",
  "s.setEncoding('utf8').on('data',d=>{b+=d}).on('end',()=>{console.log(s.statusCode+' '+b)})});",
  "r.on('error',e=>{console.log('0 '+(e.code||e.message))});",
  `setTimeout(()=>{console.log('0 timeout');process.exit()},${healthPatience - 1000}).unref()`,
].join('');

async function askInside(cli: DockerCli, container: string, port: number, signal: AbortSignal): Promise<HealthAnswer> {
  try {
    const args = ['exec', container, 'node', '-e', script, String(port)];
    const { stdout, stderr } = await cli.run(args, { signal, timeout: healthPatience * 2, maxOutput: largestAnswer });
    const match = /^(\d+) ([\s\S]*)$/.exec(stdout);
    if (match === null) return { kind: 'no-answer', reason: 'failed', detail: (stderr || stdout).trim().slice(0, 300) };
    const [, status = '0', body = ''] = match;
    if (status !== '0') return judgeHealth(Number(status), body);
    const reason = /timeout/.test(body) ? 'timeout' : /ECONNREFUSED/.test(body) ? 'refused' : 'failed';
    return { kind: 'no-answer', reason, detail: body.trim() };
  } catch (error) {
    if (signal.aborted || !(error instanceof ProblemError)) throw error;
    const reason = error.problem.code === 'docker-no-answer' ? 'timeout' : 'failed';
    return { kind: 'no-answer', reason, detail: error.message };
  }
}
