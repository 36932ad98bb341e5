import { homedir, userInfo } from 'node:os';
import type { Route } from '../../contract/connection.ts';
import { text } from '../../contract/copy/text.ts';
import type { HostKeyPin, SshHost, SshTestReport } from '../../contract/sshHost.ts';
import type { Dial } from '../adapters/dial.ts';
import { directDial } from '../adapters/directDial.ts';
import type { Host } from '../adapters/host.ts';
import { HostKeys } from '../adapters/hostKeys.ts';
import type { AppLog } from '../adapters/logFile.ts';
import { agentSockets } from '../adapters/ssh/agent.ts';
import { configuredAliases } from '../adapters/ssh/config.ts';
import type { SshTiming } from '../adapters/ssh/connection.ts';
import { SshConnections } from '../adapters/ssh/connections.ts';
import { findOpenSsh } from '../adapters/ssh/openSsh.ts';
import { isOpenToOthers } from '../adapters/ssh/privateKey.ts';
import { RemoteHost } from '../adapters/ssh/remoteHost.ts';
import { type ResolveEnvironment, resolveTarget } from '../adapters/ssh/resolve.ts';
import type { SharedConnection, SharingLimits } from '../adapters/ssh/sharedConnection.ts';
import type { SshTarget } from '../adapters/ssh/target.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Account, Ask, Credentials, Emit, Operations } from './ports.ts';
import { createSshQuestions } from './sshQuestions.ts';

export type SshHostsNeed = {
  store: {
    read(): Promise<SshHost[]>;
    /** Changes what is stored at that moment, also when another process has changed it since it was read. */
    update(change: (hosts: SshHost[]) => SshHost[]): Promise<unknown>;
  };
  /** Where the accepted host keys are kept. */
  dataFolder: string;
  credentials: Credentials;
  ask: Ask;
  operations: Operations;
  emit: Emit;
  log: AppLog;
  /** This computer as OpenSSH would see it; taken from the system when not given. */
  environment?: Partial<ResolveEnvironment>;
  timing?: Partial<SshTiming>;
  limits?: Partial<SharingLimits>;
};

export interface SshHosts {
  list(): Promise<SshHost[]>;
  /** Raises `ssh-host-missing`. */
  get(id: string): Promise<SshHost>;
  /** Adds or replaces by id; an open connection with the old settings is closed. Raises `ssh-host-missing` for an unknown jump. */
  save(host: SshHost): Promise<SshHost>;
  /** Knows a host by its id until the process ends, without saving it: for the command line. */
  borrow(host: SshHost): void;
  /** Deletes its password too. Raises `ssh-host-in-use` with the names of what uses it. */
  remove(id: string, usedBy: readonly string[]): Promise<void>;
  /** `Host` names in ~/.ssh/config. */
  aliases(): Promise<string[]>;
  agentSockets(): Promise<string[]>;
  /** Tries a login; the report comes as `ssh.report`. */
  test(id: string): Promise<{ operationId: string }>;
  latest(id: string): SshTestReport | undefined;
  readonly hostKeys: { list(): Promise<HostKeyPin[]>; forget(host: string, port: number): Promise<void> };
  /** Opens streams along a route. Through SSH, the login happens now, so that what stands in the way is told at once. */
  dialFor(route: Route, signal: AbortSignal): Promise<Dial>;
  /** A computer that commands run on. Nothing is connected yet. */
  hostFor(id: string): Promise<Host>;
  /** Ends all connections. */
  close(): void;
}

/** Saved SSH hosts, the connections to them, and what is known about their keys. */
export function createSshHosts(need: SshHostsNeed): SshHosts {
  const { store, credentials, ask, operations, emit, log } = need;
  const hostKeys = new HostKeys(need.dataFolder);
  const reports = new Map<string, SshTestReport>();
  /** Which saved host a connection belongs to, by the target's key; jumps of ~/.ssh/config belong to none. */
  const owners = new Map<string, SshHost>();
  const borrowed: SshHost[] = [];
  const toldOfKeys = new Set<string>();
  const direct = directDial();

  const connections = new SshConnections({
    hostKeys,
    ...(need.timing === undefined ? {} : { timing: need.timing }),
    ...(need.limits === undefined ? {} : { limits: need.limits }),
    questions: (target, unattended) =>
      createSshQuestions({
        credentials,
        ask,
        unattended,
        passwordAccount: accountOf(target),
        label: target.label,
        onNotKept: (label, { problem }) => {
          log.warn('a secret was not kept in the keychain', { label, reason: problem.code });
          emit('secret.not-kept', { label, problem });
        },
      }),
    onState: (target, state) => {
      const owner = owners.get(target.key);
      if (owner !== undefined) emit('route.changed', { sshHostId: owner.id, ...state });
    },
  });

  const accountOf = (target: SshTarget): Account => {
    const owner = owners.get(target.key);
    return `ssh-password:${owner?.id ?? `${target.user}@${target.host}:${target.port}`}`;
  };

  const environment = async (): Promise<ResolveEnvironment> => ({
    home: homedir(),
    platform: process.platform,
    env: process.env,
    userName: userInfo().username,
    sshProgram: await findOpenSsh(process.env, process.platform),
    ...need.environment,
  });

  const known = async (): Promise<SshHost[]> => [...(await store.read()), ...borrowed];

  const get = async (id: string): Promise<SshHost> => {
    const host = (await known()).find((candidate) => candidate.id === id);
    if (host === undefined) throw new ProblemError('ssh-host-missing', { id });
    return host;
  };

  /** They are used all the same: OpenSSH, which refuses them, says what to do, and here the user named them. */
  const tellOfOpenKeys = async (target: SshTarget, platform: NodeJS.Platform) => {
    for (let hop: SshTarget | undefined = target; hop !== undefined; hop = hopBefore(hop)) {
      for (const path of hop.login.keys) {
        if (toldOfKeys.has(path) || !(await isOpenToOthers(path, platform))) continue;
        toldOfKeys.add(path);
        log.warn('a private key can be read or changed by others on this computer; OpenSSH would refuse it', { path });
      }
    }
  };

  const shared = async (id: string): Promise<{ host: SshHost; target: SshTarget; connection: SharedConnection }> => {
    const hosts = await known();
    const host = await get(id);
    const surroundings = await environment();
    const target = await resolveTarget(host, hosts, surroundings);
    owners.set(target.key, host);
    await tellOfOpenKeys(target, surroundings.platform);
    // Passwords of saved jump hosts are kept under their own names.
    for (const jumpId of host.jumps) {
      const jump = hosts.find((candidate) => candidate.id === jumpId);
      const via = jump === undefined ? undefined : findHop(target, jump);
      if (jump !== undefined && via !== undefined) owners.set(via.key, jump);
    }
    return { host, target, connection: connections.to(target) };
  };

  const forgetConnections = (id: string) => {
    for (const [key, owner] of owners) {
      if (owner.id !== id && !owner.jumps.includes(id)) continue;
      connections.forget(key);
      owners.delete(key);
    }
  };

  return {
    list: () => store.read(),
    get,

    async save(host) {
      const withHost = (hosts: SshHost[]) => {
        const others = hosts.filter(({ id }) => id !== host.id);
        const missing = host.jumps.find((jump) => !others.some(({ id }) => id === jump));
        if (missing !== undefined) throw new ProblemError('ssh-host-missing', { id: missing });
        return [...others, host];
      };
      // A way that leads through itself is refused before it is kept.
      await resolveTarget(host, withHost(await store.read()), await environment());
      await store.update(withHost);
      forgetConnections(host.id);
      return host;
    },

    borrow: (host) => void borrowed.push(host),

    async remove(id, usedBy) {
      const { name } = await get(id);
      const withoutHost = (hosts: SshHost[]) => {
        const users = [...usedBy, ...hosts.filter(({ jumps }) => jumps.includes(id)).map((user) => user.name)];
        if (users.length > 0) throw new ProblemError('ssh-host-in-use', { name, by: users.join(', ') });
        return hosts.filter((other) => other.id !== id);
      };
      withoutHost(await store.read());
      // The password first: one that stays behind would have no host that leads to it.
      await credentials.forget(`ssh-password:${id}`);
      forgetConnections(id);
      reports.delete(id);
      await store.update(withoutHost);
    },

    aliases: async () => {
      const { home, env, sshProgram, configFile } = await environment();
      return configuredAliases({ home, env, sshProgram, ...(configFile === undefined ? {} : { file: configFile }) });
    },
    agentSockets: async () => agentSockets(await environment()),

    async test(id) {
      const host = await get(id);
      const steps = [
        { name: text('ssh.step.connect'), weight: 3 },
        { name: text('ssh.step.ask-system'), weight: 1 },
      ];
      const { id: operationId } = await operations.run(
        'ssh-test',
        { sshHostId: id, name: host.name },
        steps,
        async (op) => {
          const started = performance.now();
          const milliseconds = () => Math.round(performance.now() - started);
          const tell = (report: SshTestReport) => {
            reports.set(id, report);
            emit('ssh.report', { operationId: op.id, sshHostId: id, report });
          };
          try {
            op.step(0);
            const { target, connection } = await shared(id);
            op.log(`Connecting to ${target.user}@${target.host}:${target.port}`);
            const { serverSoftware, fingerprint } = await connection.connect(op.signal);
            op.log(`Logged in; the server is ${serverSoftware}, its key ${fingerprint}`);
            op.step(1);
            const uname = await new RemoteHost(host.name, connection)
              .run(['uname', '-a'], { signal: op.signal, timeout: 15_000 })
              .catch((error: unknown) => {
                // A login that may only forward is good enough for a tunnel.
                if (op.signal.aborted || !(error instanceof ProblemError)) throw error;
                op.log(error.message, 'warn');
                return undefined;
              });
            const system = uname?.exitCode === 0 ? uname.stdout.trim() : undefined;
            tell({
              outcome: 'connected',
              milliseconds: milliseconds(),
              serverSoftware,
              fingerprint,
              user: target.user,
              ...(system === undefined ? {} : { system }),
            });
            return text('ssh.outcome.connected', { user: target.user, host: host.name, milliseconds: milliseconds() });
          } catch (error) {
            if (error instanceof ProblemError)
              tell({ outcome: 'failed', milliseconds: milliseconds(), problem: error.problem });
            throw error;
          }
        },
      );
      return { operationId };
    },
    latest: (id) => reports.get(id),

    hostKeys: { list: () => hostKeys.list(), forget: (host, port) => hostKeys.forget(host, port) },

    async dialFor(route, signal) {
      if (route.kind === 'direct') return direct;
      const { connection } = await shared(route.sshHostId);
      await connection.connect(signal);
      return (target, inner) => connection.forward(target, inner);
    },

    async hostFor(id) {
      const { host, connection } = await shared(id);
      return new RemoteHost(host.name, connection);
    },

    close: () => connections.close(),
  };
}

function hopBefore({ via }: SshTarget): SshTarget | undefined {
  return via.kind === 'jump' ? via.target : undefined;
}

/** The hop of a way that a saved jump host became. */
function findHop(target: SshTarget, jump: SshHost): SshTarget | undefined {
  for (let hop = target; hop.via.kind === 'jump'; ) {
    hop = hop.via.target;
    if (hop.label === jump.name) return hop;
  }
  return undefined;
}
