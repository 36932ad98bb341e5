import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../ports.ts';
import { cacheFolder } from '../postgresInstallation.ts';
import { mustRun } from '../processes.ts';
import { keptTag, testImages } from './images.ts';

/** How the registry behaves until told otherwise: at full speed, without faults. */
export interface RegistryBehaviour {
  /** Limits each download. */
  readonly bytesPerSecond?: number;
  /** `denied` as for a private image, `limited` as for too many pulls, `broken` cuts downloads off half-way, `down` answers nothing. */
  readonly fault?: 'denied' | 'limited' | 'broken' | 'down';
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/** A registry of images on loopback that the engine of the tests finds behind the names of the real ones. */
export interface Registry {
  readonly port: number;
  behave(behaviour: RegistryBehaviour): void;
}

/**
 * Starts a registry (the distribution API, v2) with the images of the tests. Their layers differ from those that the
 * engine has, so that pulling them is real work with real progress.
 *
 * @param env with the engine to take the images from, when they are first asked for
 */
export async function startRegistry(env: NodeJS.ProcessEnv): Promise<Registry> {
  const folder = path.join(cacheFolder, 'docker', 'registry');
  mkdirSync(path.join(folder, 'blobs'), { recursive: true });
  const port = await freePort();
  const manifests = new Map<string, Promise<string>>();
  let behaviour: RegistryBehaviour = {};

  const manifestOf = (image: string): Promise<string> => {
    const found = manifests.get(image) ?? offer(env, folder, image);
    manifests.set(image, found);
    return found;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // The engine comes as to a proxy (with the whole address) or as to a mirror (with the path).
    const url = new URL(request.url ?? '/', 'http://docker.io');
    if (behaviour.fault === 'down') return void request.socket.destroy();
    if (behaviour.fault === 'denied') return refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    if (behaviour.fault === 'limited') return refuse(response, 429, 'TOOMANYREQUESTS', 'too many requests');
    if (url.pathname === '/v2/') return send(response, 'application/json', '{}');
    const [, name = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
    if (kind === 'blobs')
      return sendBlob(path.join(folder, 'blobs', path.basename(reference)), request, response, behaviour);
    const repository = url.hostname === 'docker.io' ? name.replace(/^library\//, '') : `${url.hostname}/${name}`;
    const image = testImages().find((each) => each === `${repository}:${reference}`);
    const byDigest = path.join(folder, 'blobs', path.basename(reference));
    if (kind !== 'manifests' || (!image && !(reference.startsWith('sha256:') && existsSync(byDigest)))) {
      return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    }
    const manifest = image ? await manifestOf(image) : readFileSync(byDigest, 'utf8');
    response.setHeader('docker-content-digest', digestOf(manifest));
    send(response, manifestType, request.method === 'HEAD' ? '' : manifest, Buffer.byteLength(manifest));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      refuse(response, 500, 'UNKNOWN', error instanceof Error ? error.message : String(error));
    });
  });
  // Without TLS here, the engine goes on to plain HTTP where that is allowed, and fails as offline elsewhere.
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    behave: (next) => {
      behaviour = next;
    },
  };
}

function send(response: ServerResponse, type: string, body: string, length = Buffer.byteLength(body)): void {
  response.writeHead(200, {
    'content-type': type,
    'content-length': length,
    'docker-distribution-api-version': 'registry/2.0',
  });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'docker-distribution-api-version': 'registry/2.0' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

async function sendBlob(
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
  behaviour: RegistryBehaviour,
) {
  if (!existsSync(file)) return refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  const { size } = statSync(file);
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
  if (request.method === 'HEAD') return void response.end();
  let sent = 0;
  const startedAt = performance.now();
  const paced = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      if (behaviour.fault === 'broken' && sent > size / 2) request.socket.destroy();
      yield chunk;
      sent += chunk.length;
      const due = behaviour.bytesPerSecond === undefined ? 0 : (sent / behaviour.bytesPerSecond) * 1000;
      const ahead = due - (performance.now() - startedAt);
      if (ahead > 0) await delay(ahead);
    }
  };
  // Whoever pulls may go away at any time, or was just cut off.
  await pipeline(createReadStream(file), paced, response).catch(() => undefined);
}

interface SavedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** Takes an image out of the engine and makes blobs and a manifest of it; kept until the image is another. */
async function offer(env: NodeJS.ProcessEnv, folder: string, image: string): Promise<string> {
  const kept = keptTag(image);
  const id = (await mustRun(['docker', 'image', 'inspect', '--format', '{{.Id}}', kept], { env })).stdout.trim();
  const remembered = path.join(folder, path.basename(id));
  if (existsSync(remembered)) return readFileSync(remembered, 'utf8');
  const work = path.join(folder, `making-${path.basename(id)}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  await mustRun(['sh', '-c', 'docker save "$1" | tar -x -C "$2"', 'sh', kept, work], { env, timeout: 300_000 });
  const [saved] = JSON.parse(readFileSync(path.join(work, 'manifest.json'), 'utf8')) as SavedImage[];
  if (!saved) throw new Error(`${image} could not be taken out of the engine`);
  const keep = (file: string, digest: string) => renameSync(file, path.join(folder, 'blobs', digest));
  const layers: { mediaType: string; size: number; digest: string }[] = [];
  writeFileSync(path.join(work, '.from-the-registry'), '');
  for (const name of saved.Layers) {
    const file = path.join(work, name);
    // One more file makes it another layer than the one that the engine was built with.
    await mustRun(['tar', '-rf', file, '--owner=0', '--group=0', '--mtime=@0', '-C', work, '.from-the-registry']);
    const digest = await digestOfFile(file);
    layers.push({ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: statSync(file).size, digest });
    keep(file, digest);
  }
  const config = JSON.parse(readFileSync(path.join(work, saved.Config), 'utf8')) as { rootfs: { diff_ids: string[] } };
  config.rootfs.diff_ids = layers.map(({ digest }) => digest);
  const configText = JSON.stringify(config);
  const configDigest = digestOf(configText);
  writeFileSync(path.join(folder, 'blobs', configDigest), configText);
  const configType = 'application/vnd.docker.container.image.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, size: Buffer.byteLength(configText), digest: configDigest },
    layers,
  });
  writeFileSync(path.join(folder, 'blobs', digestOf(manifest)), manifest);
  writeFileSync(remembered, manifest);
  rmSync(work, { recursive: true, force: true });
  return manifest;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
