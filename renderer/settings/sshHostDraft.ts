import type { TextKey } from '../../contract/copy/text.ts';
import type { SshHost } from '../../contract/sshHost.ts';

/** The form of an SSH host, as typed. */
export type SshHostDraft = {
  id: string;
  name: string;
  host: string;
  port: string;
  user: string;
  method: 'config' | 'agent' | 'key' | 'password';
  keyPath: string;
  socket: string;
  jumps: string[];
  useConfig: boolean;
};

export type SshHostErrors = Partial<Record<'host' | 'port' | 'key', TextKey>>;

export function draftOf(host: SshHost | undefined): SshHostDraft {
  const { authentication } = host ?? {};
  return {
    id: host?.id ?? crypto.randomUUID(),
    name: host?.name ?? '',
    host: host?.host ?? '',
    port: host?.port === undefined ? '' : String(host.port),
    user: host?.user ?? '',
    method: host === undefined ? 'agent' : (authentication?.method ?? 'config'),
    keyPath: authentication?.method === 'key' ? authentication.path : '',
    socket: authentication?.method === 'agent' ? (authentication.socket ?? '') : '',
    jumps: host?.jumps ?? [],
    useConfig: host?.useConfig ?? true,
  };
}

/** The draft as a host, or what is wrong with it. Without a name it is called as the host is. */
export function sshHostOf(
  draft: SshHostDraft,
): { host: SshHost; errors?: undefined } | { host?: undefined; errors: SshHostErrors } {
  const errors: SshHostErrors = {};
  const host = draft.host.trim();
  if (host === '' || /\s|\/|@/.test(host)) errors.host = 'screen.ssh.host-invalid';
  const port = draft.port.trim() === '' ? undefined : Number(draft.port.trim());
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65535)) {
    errors.port = 'screen.form.port-invalid';
  }
  if (draft.method === 'key' && draft.keyPath === '') errors.key = 'screen.ssh.key-missing';
  if (Object.keys(errors).length > 0) return { errors };
  return {
    host: {
      id: draft.id,
      name: draft.name.trim() === '' ? host : draft.name.trim(),
      host,
      jumps: draft.jumps,
      useConfig: draft.useConfig,
      ...(port === undefined ? {} : { port }),
      ...(draft.user.trim() === '' ? {} : { user: draft.user.trim() }),
      ...authenticationOf(draft),
    },
  };
}

function authenticationOf(draft: SshHostDraft): Pick<SshHost, 'authentication'> {
  switch (draft.method) {
    case 'config':
      return {};
    case 'agent':
      return { authentication: { method: 'agent', ...(draft.socket === '' ? {} : { socket: draft.socket }) } };
    case 'key':
      return { authentication: { method: 'key', path: draft.keyPath } };
    case 'password':
      return { authentication: { method: 'password' } };
  }
}
