import { compose } from '../../main/compose.ts';

/**
 * A process of the app that makes one backup. Arguments: data folder, instance id, password. Says `running` once the operation has
 * begun, then its state and problem.
 */
const [folder = '', instanceId = '', password = ''] = process.argv.slice(2);
const companion = compose({
  folder,
  emit: (name, event) => {
    if (name !== 'operation.changed' || !('stepIndex' in event)) return;
    process.stdout.write(`step ${event.stepIndex} ${event.progress?.done ?? 0}\n`);
  },
  ask: () => Promise.reject(new Error('nobody answers')),
  spawnPractice: () => {
    throw new Error('no practice here');
  },
  startedBy: 'command-line',
});
await companion.instances.setPassword(instanceId, password, 'session');
const { ended } = await companion.backups.run({ instanceId });
process.stdout.write('running\n');
const view = await ended;
process.stdout.write(`${view.state} ${view.problem?.code ?? ''}\n`);
await companion.stop();
process.exit(0);
