import { compose } from '../../main/compose.ts';

/**
 * A process of the app that restores, goes back or finishes once; it is there to be killed. Arguments: data folder, instance id, password,
 * `run`, `undo`, `resume` or `drill`. Says `running` once the operation has begun, then its state and problem.
 */
const [folder = '', instanceId = '', password = '', action = 'run'] = process.argv.slice(2);
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
const begin = () => {
  switch (action) {
    case 'undo':
      return companion.restores.undo(instanceId);
    case 'resume':
      return companion.restores.resume(instanceId);
    case 'drill':
      return companion.drills.run({ instanceId });
    default:
      return companion.restores.run({ instanceId });
  }
};
const { ended } = await begin();
process.stdout.write('running\n');
const view = await ended;
process.stdout.write(`${view.state} ${view.problem?.code ?? ''} ${view.unexpected ?? ''}\n`);
await companion.stop();
process.exit(0);
