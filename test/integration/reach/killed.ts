import { defaultConnection } from '../../../contract/connection.ts';
import { compose } from '../../../main/compose.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { installationOn } from './fixture.ts';

// Runs a test from both sides against a database that never answers; somebody kills it meanwhile.
const [socket = '', network = '', host = '', port = ''] = process.argv.slice(2);
const companion = compose({
  folder: supportFolder('killed'),
  emit: () => undefined,
  ask: async () => {
    throw new ProblemError('question-unanswered', {});
  },
  spawnPractice: () => {
    throw new Error('no practice here');
  },
  startedBy: 'command-line',
});
const made = await companion.instances.create({
  name: 'killed',
  kind: 'external',
  route: { kind: 'direct' },
  connection: {
    ...defaultConnection,
    hosts: [{ host: '127.0.0.1', port: Number(port) }],
    user: 'app',
    database: 'aperture',
    tls: { mode: 'disable' },
  },
});
await companion.instances.setPassword(made.id, 'secret', 'session');
await companion.instances.update(made.id, { seenByServer: { host, port: 5432 } });
const installation = installationOn({ kind: 'local', socket }, { networks: [network] });
const { ended } = await companion.reach.run({ instanceId: made.id, installation });
await ended;
