import { open, rename, rm } from 'node:fs/promises';
import { text } from '../../../contract/copy/text.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { ServerLogLine } from '../../../contract/server.ts';
import { writeProblem } from '../../adapters/files.ts';
import type { Operations } from '../ports.ts';
import type { Servers, ServerTarget } from '../servers.ts';

const steps = [{ name: text('server.step.save-log'), weight: 1 }];

/**
 * Writes all that the engine has of a server's log into a file of this computer, as an operation. The file gets its name once all of
 * it is there; a try that failed or was cancelled leaves nothing behind. Secrets that the app knows are masked.
 */
export function saveLog(
  { servers, operations, redact }: { servers: Servers; operations: Operations; redact: (text: string) => string },
  target: ServerTarget,
  path: string,
): Promise<{ id: string; ended: Promise<OperationView> }> {
  const subject = {
    name: target.instance?.name ?? target.place.container,
    ...(target.instance === undefined ? {} : { instanceId: target.instance.id }),
  };
  return operations.run('server-log-save', subject, steps, async (op) => {
    op.step(0);
    const part = `${path}.part`;
    let count = 0;
    try {
      const file = await open(part, 'w', 0o600);
      try {
        for await (const lines of servers.log(target, { follow: false, signal: op.signal })) {
          await file.write(lines.map((line) => `${lineText(line, redact)}\n`).join(''));
          count += lines.length;
          op.progress(count, undefined, 'items');
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw writeProblem(error, path) ?? error;
    }
    op.log(`${count} lines written to ${path}`);
    return text('server.outcome.log-saved', { count, path });
  });
}

function lineText({ at, level, module, message }: ServerLogLine, redact: (text: string) => string): string {
  const from = module === undefined ? '' : `${module}: `;
  return `${at === undefined ? '' : `${at} `}${level.padEnd(5)} ${from}${redact(message)}`;
}
