import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from '../../contract/copy/text.ts';
import { createOperations } from '../../main/services/operations/operations.ts';

/**
 * A process that runs an operation. Arguments: folder, instance id, steps, milliseconds for each.
 * Says its id when it has started, `done` after the operation has ended; makes `<folder>/<id>.done` as the body's last act.
 */
const [folder = '', instanceId = '', steps = '1', milliseconds = '1'] = process.argv.slice(2);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const operations = createOperations({
  folder: path.join(folder, 'operations'),
  emit: () => undefined,
  redact: (line) => line,
  log: silent,
  startedBy: 'command-line',
});

const count = Number(steps);
try {
  const { id, ended } = await operations.run(
    'fix',
    { instanceId, name: 'Home' },
    Array.from({ length: count }, () => ({ name: text('operation.kind.fix'), weight: 1 })),
    async (op) => {
      for (let index = 0; index < count; index += 1) {
        op.step(index);
        op.log(`step ${index}`);
        op.progress(1, 2, 'items');
        await delay(Number(milliseconds), undefined, { signal: op.signal });
      }
      writeFileSync(path.join(folder, `${op.id}.done`), '');
      return undefined;
    },
    { exclusive: true },
  );
  process.stdout.write(`${id}\n`);
  process.stdout.write(`${(await ended).state}\n`);
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
}
