import { createHash } from 'node:crypto';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../postgresInstallation.ts';
import { mustRun, run } from '../processes.ts';
import { fillServerContext, serverRecipe } from './serverImage.ts';

/** Carries the hash of what an image was made from; images without it are somebody else's. */
const contentLabel = 'aperture-companion.test.content';

/** Where the real server's image lives; the stand-in takes its name so that the app needs no change. */
export const serverRepository = 'ghcr.io/dgruhin-hrizn/aperture';

/** Versions of the stand-in server with how many migrations each has. */
const serverVersions = { '0.6.3': 100, '0.7.7': 112, '0.7.8': 114 } as const;

/** PostgreSQL 17 with pgvector, and without. */
export const postgresImages = { pgvector: 'pgvector/pgvector:pg17', plain: 'postgres:17' } as const;

/** The names of all images that tests know. */
export function testImages(): string[] {
  const versions = [...Object.keys(serverVersions), 'latest'];
  return [...versions.map((version) => `${serverRepository}:${version}`), ...Object.values(postgresImages)];
}

/** A second name of an image, under which the engine keeps it when a test takes the first away. */
export function keptTag(image: string): string {
  return `aperture-companion-test/kept:${image.replaceAll(/[^\w.-]/g, '-')}`;
}

/** Gives every image its name back that a test has taken away, or that a pull has given to another. */
export async function restoreImages(env: NodeJS.ProcessEnv): Promise<void> {
  for (const image of testImages()) await mustRun(['docker', 'tag', keptTag(image), image], { env });
  await mustRun(['docker', 'image', 'prune', '--force'], { env });
}

const here = fileURLToPath(new URL('.', import.meta.url));
const postgresRoot = path.join(cacheFolder, 'postgres', '17');
const toolsRoot = path.join(cacheFolder, 'docker-tools');

/**
 * Makes the images that are not there yet or out of date, without any network. About 20 s the first time, one afterwards.
 *
 * @param env with the engine to make them in
 */
export async function buildImages(env: NodeJS.ProcessEnv): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'aperture-images-'));
  try {
    const { root, node } = await makeBases(env, folder);
    await Promise.all(
      Object.entries(postgresImages).map(([kind, tag]) => {
        const context = newContext(folder, kind);
        cpSync(path.join(here, 'postgres-entrypoint.sh'), path.join(context, 'entrypoint.sh'));
        return build(env, context, postgresRecipe(root, kind === 'pgvector'), [tag]);
      }),
    );
    for (const [version, migrations] of Object.entries(serverVersions)) {
      const context = path.join(folder, version);
      fillServerContext(context, version, migrations);
      const tags = [version, ...(version === '0.7.8' ? ['latest'] : [])];
      await build(
        env,
        context,
        serverRecipe(node),
        tags.map((tag) => `${serverRepository}:${tag}`),
      );
    }
    await restoreImages(env);
    await removeOldBases(env, [root, node]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A Debian root with PostgreSQL 17's programs and a shell, and the same with Node: what all the images start from. */
async function makeBases(env: NodeJS.ProcessEnv, folder: string): Promise<{ root: string; node: string }> {
  const made = ['aperture-companion.json', '../../docker-tools/usr/bin/busybox'].map((name) =>
    readFileSync(path.join(postgresRoot, name)),
  );
  const version = hashOf([...made, rootRecipe]).slice(0, 16);
  const root = `aperture-companion-test/root:${version}`;
  const node = `aperture-companion-test/node:${version}-${process.version}`;
  const missing = async (tag: string) => (await run(['docker', 'image', 'inspect', tag], { env })).code !== 0;
  if (await missing(root)) {
    const archive = path.join(folder, 'root.tar');
    const leftOut = ['dev', 'tools', 'aperture-companion.json', 'usr/share/locale', 'usr/share/bash-completion'];
    await mustRun([
      ...(['tar', '-cf', archive] as const),
      ...leftOut.map((name) => `--exclude=./${name}`),
      ...['-C', postgresRoot, '.', '-C', toolsRoot, './usr/bin/busybox'],
    ]);
    await mustRun(['docker', 'import', archive, `${root}-unpacked`], { env, timeout: 300_000 });
    rmSync(archive);
    await buildIn(env, newContext(folder, 'root'), `FROM ${root}-unpacked\n${rootRecipe}`, ['--tag', root]);
  }
  if (await missing(node)) {
    const context = newContext(folder, 'node');
    cpSync(process.execPath, path.join(context, 'node'));
    await buildIn(env, context, `FROM ${root}\nCOPY node /usr/local/bin/node\n`, ['--tag', node]);
  }
  return { root, node };
}

async function removeOldBases(env: NodeJS.ProcessEnv, current: readonly string[]): Promise<void> {
  const args = [
    '--filter',
    'reference=aperture-companion-test/root',
    '--filter',
    'reference=aperture-companion-test/node',
  ];
  const { stdout } = await mustRun(['docker', 'images', '--format', '{{.Repository}}:{{.Tag}}', ...args], { env });
  const old = stdout.split('\n').filter((tag) => tag !== '' && !current.includes(tag.replace(/-unpacked$/, '')));
  if (old.length > 0) await mustRun(['docker', 'rmi', ...old], { env });
}

function newContext(folder: string, name: string): string {
  const context = path.join(folder, name);
  mkdirSync(context);
  return context;
}

async function build(env: NodeJS.ProcessEnv, context: string, recipe: string, tags: readonly string[]): Promise<void> {
  const files = filesBelow(context).flatMap((file) => [path.relative(context, file), readFileSync(file)]);
  const content = hashOf([recipe, ...files]);
  const format = `{{index .Config.Labels "${contentLabel}"}}`;
  const kept = tags.map(keptTag);
  const found = await run(['docker', 'image', 'inspect', '--format', format, ...kept], { env });
  const labels = found.stdout.trim() === '' ? [] : found.stdout.trim().split('\n');
  if (found.code === 0 && labels.length === tags.length && labels.every((label) => label === content)) return;
  const names = kept.flatMap((tag) => ['--tag', tag]);
  await buildIn(env, context, recipe, ['--label', `${contentLabel}=${content}`, ...names]);
}

/** Uses the classic builder: it needs no plug-in and, with all it starts from at hand, no network. */
async function buildIn(env: NodeJS.ProcessEnv, context: string, recipe: string, args: readonly string[]) {
  writeFileSync(path.join(context, 'Dockerfile'), recipe);
  await mustRun(['docker', 'build', '--quiet', '--network', 'none', ...args, context], {
    env: { ...env, DOCKER_BUILDKIT: '0' },
    timeout: 300_000,
  });
}

const shell = 'RUN ["/usr/bin/busybox", "sh", "-euc", ';

const accounts = [
  "printf '%s\\\\n' root:x:0:0::/root:/bin/sh postgres:x:999:999::/var/lib/postgresql:/bin/sh aperture:x:1001:1001::/app:/bin/sh >/etc/passwd",
  "printf '%s\\\\n' root:x:0: postgres:x:999: nodejs:x:1001: >/etc/group",
  "printf '%s\\\\n' 'passwd: files' 'group: files' 'hosts: files dns' >/etc/nsswitch.conf",
];

/** The programs of the root are wrapped for use outside of it; inside, they are themselves again. */
const rootRecipe = `${shell}"${[
  'for a in $(/usr/bin/busybox --list); do test -e /usr/bin/$a || /usr/bin/busybox ln -s busybox /usr/bin/$a; done',
  'cd /usr/lib/postgresql/17/bin',
  'for p in *.elf; do mv $p ${p%.elf}; done',
  'mkdir -p /root /run /proc /sys /dev /var/lib/postgresql',
  'chmod 1777 /tmp',
  'rm -rf /var/run; ln -s /run /var/run',
  ...accounts,
].join('; ')}"]
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/lib/postgresql/17/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
`;

function postgresRecipe(base: string, pgvector: boolean): string {
  return `FROM ${base}
${pgvector ? '' : `${shell}"rm -f /usr/share/postgresql/17/extension/vector* /usr/lib/postgresql/17/lib/vector.so"]`}
COPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PGDATA=/var/lib/postgresql/data PG_MAJOR=17
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["/bin/sh", "/usr/local/bin/docker-entrypoint.sh"]
CMD ["postgres"]
`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name))
    .filter((file) => !lstatSync(file).isSymbolicLink())
    .flatMap((file) => (lstatSync(file).isDirectory() ? filesBelow(file) : [file]));
}

function hashOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
