import { say, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { Imports } from './imports.ts';
import type { Instances } from './instances.ts';

/** Instances that are made from something else than the set-up's form. */
export interface NewInstances {
  /** The practice instance; there is one at most, and it is answered when it is there already. */
  practice(): Promise<InstanceView>;
  /** From an import's candidate; its password goes from memory into its place and was never shown. Raises `import-nothing-found` when the candidate has expired. */
  imported(candidateId: string, name: string, place: 'keychain' | 'session'): Promise<InstanceView>;
}

export function createNewInstances({ instances, imports }: { instances: Instances; imports: Imports }): NewInstances {
  return {
    async practice() {
      const { instances: all } = await instances.list();
      const existing = all.find((instance) => instance.kind === 'practice');
      if (existing !== undefined) {
        await instances.select(existing.id);
        return existing;
      }
      return instances.create({ name: say(text('practice.title')), kind: 'practice', route: { kind: 'direct' } });
    },

    async imported(candidateId, name, place) {
      const { candidate, password } = imports.take(candidateId);
      const made = await instances.create({
        name,
        kind: 'external',
        route: { kind: 'direct' },
        connection: candidate.settings,
        setup: { step: 'connection', source: 'own' },
        ...(password === undefined || place === 'session' ? {} : { password }),
      });
      if (password === undefined || place === 'keychain') return made;
      return { ...made, password: await instances.setPassword(made.id, password, 'session') };
    },
  };
}
