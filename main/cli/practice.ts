import { say, text } from '../../contract/copy/text.ts';
import { checkInstance, show } from './check.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './output.ts';

/**
 * `practice`: keeps the practice database running until it is interrupted, which is how it ends well. With `once` it is checked and
 * stopped instead.
 */
export async function practice({ once }: { once?: true }, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  const companion = await context.companion();
  const instance = await companion.newInstances.practice();
  await context.follow(() => companion.practice.start(instance));
  if (once === true) return show(instance, await checkInstance(instance, undefined, context, companion), context);
  const { host, port, user, database } = await companion.practice.ensureStarted(instance.id, signal);
  const { id, name } = instance;
  output.result({ instance: { id, name }, host, port, user, database }, () =>
    say(text('cli.practice.running', { host, port: String(port), user, database })),
  );
  if (!signal.aborted) await untilAborted(signal);
  output.progress(say(text('cli.practice.stopping')));
  return exitCode.good;
}

/** A signal alone does not keep the process alive, and the database may run in another one. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 1 << 30);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(alive);
        resolve();
      },
      { once: true },
    );
  });
}
