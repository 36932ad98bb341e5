import type { HostKeys } from '../hostKeys.ts';
import { defaultTiming, type SshTiming } from './connection.ts';
import { defaultLimits, type RouteState, SharedConnection, type SharingLimits } from './sharedConnection.ts';
import { openProxyCommand, openTcp } from './socket.ts';
import type { SshQuestions, SshTarget } from './target.ts';

export type SshConnectionsOptions = {
  hostKeys: HostKeys;
  questions: (target: SshTarget, unattended: boolean) => SshQuestions;
  onState: (target: SshTarget, state: RouteState) => void;
  timing?: Partial<SshTiming>;
  limits?: Partial<SharingLimits>;
};

/** The shared connections, one for each host and user; jump hosts are shared in the same way. */
export class SshConnections {
  readonly #options: SshConnectionsOptions;
  readonly #shared = new Map<string, SharedConnection>();

  constructor(options: SshConnectionsOptions) {
    this.#options = options;
  }

  to(target: SshTarget): SharedConnection {
    const existing = this.#shared.get(target.key);
    if (existing !== undefined) return existing;
    const { hostKeys, questions, onState } = this.#options;
    const timing = { ...defaultTiming, ...this.#options.timing };
    const { via } = target;
    const shared = new SharedConnection({
      target,
      hostKeys,
      timing,
      limits: { ...defaultLimits, ...this.#options.limits },
      questions: (unattended) => questions(target, unattended),
      onState: (state) => onState(target, state),
      openSocket: async (signal) => {
        switch (via.kind) {
          case 'direct':
            return openTcp(target, timing.connect, signal);
          case 'jump':
            return this.to(via.target).forward({ host: target.host, port: target.port }, signal);
          case 'command':
            return openProxyCommand(via.command, target);
        }
      },
    });
    this.#shared.set(target.key, shared);
    return shared;
  }

  /** Closes the connection of a host whose settings have changed; the next use makes it anew. */
  forget(key: string): void {
    this.#shared.get(key)?.close();
    this.#shared.delete(key);
  }

  close(): void {
    for (const key of [...this.#shared.keys()]) this.forget(key);
  }
}
