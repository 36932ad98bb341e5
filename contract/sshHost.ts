import { z } from 'zod';

/**
 * How to log in to an SSH host. The choice is explicit: a named key is tried alone (as with IdentitiesOnly), the agent only
 * when chosen. Keyboard-interactive questions of the server are always answered by asking the user.
 */
export const sshAuthenticationSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('agent'), socket: z.string().max(4096).optional() }),
  z.object({ method: z.literal('key'), path: z.string().min(1).max(4096) }),
  z.object({ method: z.literal('password') }),
]);
export type SshAuthentication = z.infer<typeof sshAuthenticationSchema>;

/** A host that is reached by SSH: saved once, used by tunnels, commands and Docker alike. No secret in here. */
export const sshHostSchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  /** Name or address, or a `Host` alias when `useConfig` is on. */
  host: z.string().min(1).max(1024),
  port: z.int().min(1).max(65535).optional(),
  user: z.string().max(256).optional(),
  authentication: sshAuthenticationSchema.optional(),
  /** Other SSH hosts to go through, first hop first. */
  jumps: z.array(z.string().min(1).max(64)).max(8),
  /** Read ~/.ssh/config for whatever is not set here (HostName, User, Port, IdentityFile, IdentityAgent, ProxyJump, ProxyCommand). */
  useConfig: z.boolean(),
});
export type SshHost = z.infer<typeof sshHostSchema>;

/** A host key that the user accepted in this app. */
export type HostKeyPin = { host: string; port: number; algorithm: string; fingerprint: string; pinnedAt: string };

export type SshTestReport = {
  outcome: 'connected' | 'failed';
  milliseconds: number;
  /** The server's identification string, e.g. `OpenSSH_9.2p1 Debian-2`. */
  serverSoftware?: string;
  user?: string;
  /** `uname -a` or the like, as the host tells. */
  system?: string;
  fingerprint?: string;
  problem?: import('./problem.ts').Problem;
};
