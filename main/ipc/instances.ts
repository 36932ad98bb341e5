import type { Companion } from '../compose.ts';
import type { Handlers } from './handlers.ts';

type InstanceHandlers = Pick<
  Handlers,
  | 'instances.list'
  | 'instances.create'
  | 'instances.update'
  | 'instances.remove'
  | 'instances.select'
  | 'instances.setPassword'
  | 'instances.forgetPassword'
  | 'practice.create'
>;

export function instanceHandlers({ instances, practice, newInstances }: Companion): InstanceHandlers {
  return {
    'instances.list': () => instances.list(),
    'instances.create': (given) => instances.create(given),
    'instances.update': ({ id, ...changes }) => instances.update(id, changes),
    'instances.remove': ({ id }) => instances.remove(id),
    'instances.select': ({ id }) => instances.select(id),
    'instances.setPassword': ({ id, password, place }) => instances.setPassword(id, password, place),
    'instances.forgetPassword': ({ id }) => instances.forgetPassword(id),
    'practice.create': async () => {
      const instance = await newInstances.practice();
      const { id } = await practice.start(instance);
      return { instance, operationId: id };
    },
  };
}
