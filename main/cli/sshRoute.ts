import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { say, text } from '../../contract/copy/text.ts';
import { type SshHost, sshHostSchema } from '../../contract/sshHost.ts';
import { WrongUsage } from './failure.ts';

/**
 * The SSH host that `--ssh` names: one that the app knows (by name or id), else `user@host:port` or a `Host` of ~/.ssh/config, which is
 * not kept. `known`: whether it is kept already. Raises WrongUsage.
 */
export function sshHostNamed(
  given: string,
  key: string | undefined,
  hosts: readonly SshHost[],
): { host: SshHost; known: boolean } {
  const known = hosts.find(({ id, name }) => id === given || name === given);
  if (known !== undefined && key === undefined) return { host: known, known: true };
  const match = /^(?:(?<user>[^@\s]+)@)?(?:\[(?<address>[^\]\s]+)\]|(?<name>[^@:\s[\]]+))(?::(?<port>\d{1,5}))?$/.exec(
    given,
  );
  const { user, address, name, port } = match?.groups ?? {};
  const parsed = sshHostSchema.safeParse({
    ...known,
    id: randomUUID(),
    name: given,
    ...(known === undefined
      ? {
          host: address ?? name,
          jumps: [],
          useConfig: true,
          ...(user === undefined ? {} : { user }),
          ...(port === undefined ? {} : { port: Number(port) }),
        }
      : {}),
    ...(key === undefined ? {} : { authentication: { method: 'key', path: resolve(key) } }),
  });
  if (!parsed.success) throw new WrongUsage(say(text('cli.ssh.invalid', { given })));
  return { host: parsed.data, known: false };
}
