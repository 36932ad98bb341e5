import { compose } from '../../main/compose.ts';

/**
 * A process of the app that restores a backup in place; it is there to be killed. Arguments: data folder, instance id, its name, password,
 * backup id. Says each step, then its state and problem.
 */
const [folder = '', instanceId = '', confirm = '', password = '', id = ''] = process.argv.slice(2);
const companion = compose({
  folder,
  emit: (name, event) => {
    if (name === 'operation.changed' && 'stepIndex' in event) process.stdout.write(`step ${event.stepIndex}\n`);
  },
  ask: () => Promise.reject(new Error('nobody answers')),
  spawnPractice: () => {
    throw new Error('no practice here');
  },
  startedBy: 'command-line',
});
await companion.instances.setPassword(instanceId, password, 'session');
const from = { kind: 'backup' as const, id };
const { ended } = await companion.inPlaceRestores.run({ instanceId, from, confirm, withoutSafetyBackup: true });
const view = await ended;
process.stdout.write(`ended ${view.state} ${view.problem?.code ?? ''} ${view.unexpected ?? ''}\n`);
await companion.stop();
process.exit(0);
