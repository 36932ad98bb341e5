import { z } from 'zod';

/** What a computer says about itself, before any engine is asked. */
export type Probe = {
  user: string;
  groups: string[];
  /** "Debian GNU/Linux 12 (bookworm)" */
  system: string;
  /** `debian`, `synology`, `qnap`, `unraid`, `darwin`, `windows` … */
  systemId: string;
  /** Programs by name, where they were found first. */
  programs: Partial<Record<'docker' | 'podman' | 'docker-compose' | 'sudo', string>>;
  sockets: { kind: 'docker' | 'rootless' | 'desktop' | 'podman'; path: string }[];
  contexts: { name: string; address: string }[];
  currentContext?: string;
  dockerHost?: string;
};

/**
 * Tells in one command what `readProbe` reads: a name, a tabulator, a value. For sh of every system, BusyBox too. Of Docker's own
 * configuration only the name of the current context is taken: the file holds registry logins.
 */
export const probeScript = [
  'say() { printf \'%s\\t%s\\n\' "$1" "$2"; }',
  'uid=$(id -u); say user "$(id -un 2>/dev/null || echo "$uid")"; say groups "$(id -nG 2>/dev/null)"',
  'say kernel "$(uname -s)"',
  'if [ -r /etc/os-release ]; then say system "$(. /etc/os-release; printf %s "$PRETTY_NAME")"; say id "$(. /etc/os-release; printf %s "$ID")"; fi',
  'if [ -r /etc/unraid-version ]; then say id unraid; say system "Unraid $(sed -n \'s/.*"\\(.*\\)".*/\\1/p\' /etc/unraid-version)"; fi',
  'if [ -r /etc.defaults/VERSION ]; then say id synology; say system "Synology DSM $(sed -n \'s/^productversion="\\(.*\\)"/\\1/p\' /etc.defaults/VERSION)"; fi',
  'if [ -r /etc/config/uLinux.conf ]; then say id qnap; say system "QNAP QTS $(sed -n \'s/^Version *= *//p\' /etc/config/uLinux.conf | head -n 1)"; fi',
  'find_program() { name=$1; IFS=:; for d in $PATH; do unset IFS; if [ -n "$d" ] && [ -f "$d/$name" ] && [ -x "$d/$name" ]; then say "program.$name" "$d/$name"; return; fi; done; unset IFS; ' +
    'for d in /usr/local/bin /usr/bin /bin /usr/sbin /opt/bin /opt/homebrew/bin /snap/bin "$HOME/.docker/bin" "$HOME/bin" /Applications/Docker.app/Contents/Resources/bin ' +
    '/var/packages/ContainerManager/target/usr/bin /var/packages/Docker/target/usr/bin ' +
    '/share/CACHEDEV*_DATA/.qpkg/container-station/bin /share/CACHEDEV*_DATA/.qpkg/container-station/usr/bin /share/MD*_DATA/.qpkg/container-station/bin; do ' +
    'if [ -f "$d/$name" ] && [ -x "$d/$name" ]; then say "program.$name" "$d/$name"; return; fi; done; }',
  'for p in docker podman docker-compose sudo; do find_program "$p"; done',
  'runtime=${XDG_RUNTIME_DIR:-/run/user/$uid}',
  'sock() { if [ -S "$2" ]; then say "socket.$1" "$2"; fi; }',
  'sock docker /var/run/docker.sock; sock rootless "$runtime/docker.sock"',
  'sock desktop "$HOME/.docker/desktop/docker.sock"; sock desktop "$HOME/.docker/run/docker.sock"',
  'sock podman "$runtime/podman/podman.sock"; sock podman /run/podman/podman.sock',
  'settings=${DOCKER_CONFIG:-$HOME/.docker}',
  'if [ -r "$settings/config.json" ]; then say current "$(tr -d \'\\n\' <"$settings/config.json" | sed -n \'s/.*"currentContext"[[:space:]]*:[[:space:]]*"\\([^"]*\\)".*/\\1/p\')"; fi',
  'for f in "$settings"/contexts/meta/*/meta.json; do if [ -r "$f" ]; then say context "$(tr -d \'\\n\\t\' <"$f")"; fi; done',
  'say dockerhost "$DOCKER_HOST"',
].join('\n');

const contextSchema = z.object({
  Name: z.string(),
  Endpoints: z.object({ docker: z.object({ Host: z.string() }) }),
});

const socketKinds = ['docker', 'rootless', 'desktop', 'podman'] as const;
const programNames = ['docker', 'podman', 'docker-compose', 'sudo'] as const;

/** Reads what the script printed; what a login shell printed besides is passed over. */
export function readProbe(output: string): Probe {
  const probe: Probe = { user: '', groups: [], system: '', systemId: '', programs: {}, sockets: [], contexts: [] };
  let kernel = '';
  for (const line of output.split(/\r?\n/)) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [name, value] = [line.slice(0, tab), line.slice(tab + 1)];
    if (name === 'user') probe.user = value;
    else if (name === 'groups') probe.groups = value.split(' ').filter((group) => group !== '');
    else if (name === 'kernel') kernel = value;
    else if (name === 'system') probe.system = value.trim();
    else if (name === 'id') probe.systemId = value;
    else if (name === 'current' && value !== '') probe.currentContext = value;
    else if (name === 'dockerhost' && value !== '') probe.dockerHost = value;
    else if (name === 'context') addContext(probe, value);
    const program = programNames.find((one) => name === `program.${one}`);
    if (program !== undefined) probe.programs[program] = value;
    const kind = socketKinds.find((one) => name === `socket.${one}`);
    if (kind !== undefined && !probe.sockets.some(({ path }) => path === value))
      probe.sockets.push({ kind, path: value });
  }
  if (probe.system === '') probe.system = kernel === 'Darwin' ? 'macOS' : kernel;
  if (probe.systemId === '') probe.systemId = kernel.toLowerCase();
  return probe;
}

function addContext(probe: Probe, json: string): void {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return;
  }
  const parsed = contextSchema.safeParse(value);
  if (parsed.success) probe.contexts.push({ name: parsed.data.Name, address: parsed.data.Endpoints.docker.Host });
}

/** Windows has no sh to ask; Docker Desktop's engine listens on one of these pipes. */
export function windowsProbe(env: NodeJS.ProcessEnv): Probe {
  const { USERNAME: user = '', ProgramFiles: programFiles = 'C:\\Program Files', DOCKER_HOST: dockerHost } = env;
  return {
    user,
    groups: [],
    system: 'Windows',
    systemId: 'windows',
    programs: { docker: `${programFiles}\\Docker\\Docker\\resources\\bin\\docker.exe` },
    sockets: [],
    contexts: [
      { name: 'desktop-linux', address: 'npipe:////./pipe/dockerDesktopLinuxEngine' },
      { name: 'default', address: 'npipe:////./pipe/docker_engine' },
    ],
    currentContext: 'desktop-linux',
    ...(dockerHost ? { dockerHost } : {}),
  };
}
