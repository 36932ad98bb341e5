import { say, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { Plan } from '../../../contract/plan.ts';
import { composeFileName, type FileChange } from '../../../contract/serverSettings.ts';
import type { Host } from '../../adapters/host.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readIfThere } from '../composeFile/readIfThere.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import type { Instances } from '../instances.ts';
import { createPlans } from '../plans.ts';
import type { Op, Operations } from '../ports.ts';

export interface OnStart {
  /**
   * What has to change in the compose file so that the server applies its migrations when it starts, or does not; every other byte stays.
   * `file`: where the app doesn't know the compose file. Raises `compose-not-editable` with what to change by hand, `file-unreadable`,
   * `invalid-input` where no file is known.
   */
  plan(instanceId: string, on: boolean, file: string | undefined, signal: AbortSignal): Promise<OnStartPlan>;
  /** Writes it. The container takes it when it is made anew. Raises `plan-missing`, `plan-stale`, `operation-busy`. */
  write(planId: string): Promise<{ operationId: string; ended: Promise<OperationView> }>;
}

export type OnStartPlan = { plan: Plan; change: FileChange };

type Detail = { instanceId: string; on: boolean; host: Host; path: string; before: string; after: string };

const largestFile = 1024 * 1024;
const mode = 0o644;
const variable = 'RUN_MIGRATIONS_ON_START';

export function createOnStart({
  instances,
  dockerHosts,
  operations,
  now,
}: {
  instances: Pick<Instances, 'get' | 'update'>;
  dockerHosts: Pick<DockerHosts, 'engine'>;
  operations: Operations;
  now?: () => Date;
}): OnStart {
  const plans = createPlans<Detail>({ now });

  return {
    async plan(instanceId, on, file, signal) {
      const instance = await instances.get(instanceId);
      const { host, path } = await placeOf(instance, file, dockerHosts, signal);
      const before = await readIfThere(host, path, { signal, maxBytes: largestFile });
      if (before === undefined) throw new ProblemError('file-unreadable', { path, reason: 'ENOENT' });
      const value = String(on);
      // The YAML parser is loaded when it is first needed.
      const [{ changeCompose }, { unifiedDiff }] = await Promise.all([
        import('../composeFile/changeCompose.ts'),
        import('../composeFile/diff.ts'),
      ]);
      const edited = changeCompose(before, [{ at: 'environment', name: variable, value }]);
      if (edited.kind === 'by-hand') {
        const more = edited.diff === '' ? {} : { detail: edited.diff };
        throw new ProblemError('compose-not-editable', { path, reason: say(edited.reason) }, more);
      }
      const after = edited.text;
      const same = before === after;
      const folder = path.replace(/[/\\][^/\\]*$/, '');
      const plan = plans.keep(
        {
          title: text('onStart.plan.title', { who: on ? 'server' : 'hand' }),
          as: 'app',
          steps: same ? [] : [{ kind: 'file', host: host.label, path, mode: mode.toString(8), content: after }],
          notes: [same ? text('onStart.note.same') : text('onStart.note.up', { folder, host: host.label })],
        },
        { instanceId, on, host, path, before, after },
      );
      const change: FileChange = {
        path,
        state: same ? 'same' : 'changed',
        diff: unifiedDiff(path, before, after),
      };
      return { plan, change };
    },

    async write(planId) {
      const { instanceId, on, host, path, before, after } = plans.find(planId).detail;
      const instance = await instances.get(instanceId);
      const body = async (op: Op) => {
        op.step(0);
        const { signal } = op;
        const present = await readIfThere(host, path, { signal, maxBytes: largestFile });
        if (present !== before) throw new ProblemError('file-changed', { path, host: host.label });
        if (after !== before) {
          await host.writeFile(`${path}.previous`, Buffer.from(before), { signal, mode });
          await host.writeFile(path, Buffer.from(after), { signal, mode });
          op.log(`${path} written on ${host.label}`);
        }
        const { installation } = instance;
        if (installation !== undefined) {
          const settings = { ...installation.settings, runMigrations: on };
          await instances.update(instanceId, { installation: { ...installation, settings } });
        }
        return text('onStart.outcome', { value: String(on), path });
      };
      const subject = { instanceId, name: instance.name };
      const steps = [{ name: text('compose.step.write'), weight: 1 }];
      const { id, ended } = await operations.run('compose-write', subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },
  };
}

async function placeOf(
  { installation, server }: Instance,
  file: string | undefined,
  dockerHosts: Pick<DockerHosts, 'engine'>,
  signal: AbortSignal,
): Promise<{ host: Host; path: string }> {
  const docker = installation?.docker ?? server?.docker ?? { kind: 'local' as const };
  const known =
    installation === undefined ? server?.composeFile?.split(',')[0] : `${installation.folder}/${composeFileName}`;
  const path = file ?? known;
  if (path === undefined) throw new ProblemError('invalid-input', { field: 'composeFile', name: composeFileName });
  const { cli } = await dockerHosts.engine(docker, signal);
  return { host: cli.host, path };
}
