import { say, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { Companion } from '../compose.ts';
import { WrongUsage } from './failure.ts';

/** The instance with this id or name. Raises WrongUsage that names those that there are. */
export async function findInstance(
  { instances }: Pick<Companion, 'instances'>,
  nameOrId: string,
): Promise<InstanceView> {
  const { instances: all } = await instances.list();
  const byId = all.find(({ id }) => id === nameOrId);
  if (byId !== undefined) return byId;
  const named = all.filter(({ name }) => name === nameOrId);
  const [found] = named;
  if (found !== undefined && named.length === 1) return found;
  const known = (found === undefined ? all : named).map(({ id, name }) => `${name} (${id})`).join(', ');
  const key =
    found !== undefined ? 'cli.instances.ambiguous' : known === '' ? 'cli.instances.none' : 'cli.instances.not-found';
  throw new WrongUsage(say(text(key, { name: nameOrId, known })), 'instance-missing');
}
