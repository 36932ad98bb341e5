import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { forkPractice } from '../../main/adapters/embeddedPostgres.ts';
import { createPractice } from '../../main/services/practice.ts';

/** Another process of the app, such as the command line: starts or finds a practice database, says its port, and stays. Arguments: folder, instance. */
const [folder = '', instanceId = ''] = process.argv.slice(2);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const practice = createPractice({
  folder,
  spawn: forkPractice(path.join(import.meta.dirname, '..', '..', 'main', 'practice', 'process.ts')),
  operations: { run: () => Promise.reject(new Error('not used')) },
  log: silent,
});
const { port } = await practice.ensureStarted(instanceId, new AbortController().signal);
process.stdout.write(`${port}\n`);
process.once('SIGTERM', () => void practice.stopAll().then(() => process.exit(0)));
await delay(10 * 60_000);
