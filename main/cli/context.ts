import { join } from 'node:path';
import type { Events } from '../../contract/events.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { SpawnPractice } from '../adapters/embeddedPostgres.ts';
import type { Companion } from '../compose.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { Ask, Emit } from '../services/ports.ts';
import { UnexpectedEnd } from './failure.ts';
import type { Output } from './output.ts';

/** What the command line is run in. */
export type CommandSurroundings = {
  /** How the practice database's process is started: Electron cannot run as Node. */
  spawnPractice: SpawnPractice;
  /** How others start the command line: the system's scheduler. */
  program: readonly [string, ...string[]];
  /** Where everything is kept; the same folder as the window's unless told. */
  folder?: string;
};

/** What every command may use. */
export interface Context {
  readonly output: Output;
  /** Aborts at Ctrl+C and when the system asks the process to end. */
  readonly signal: AbortSignal;
  /** The services, made when they are first asked for. */
  companion(): Promise<Companion>;
  /** Runs an operation to its end and shows its steps. Rejects with its problem, `cancelled`, or UnexpectedEnd. */
  follow(start: () => Promise<{ id: string; ended: Promise<OperationView> }>): Promise<OperationView>;
  /** The end of an operation that a service began by itself. */
  ended(id: string): Promise<OperationView>;
  /** Asks at the terminal. */
  readonly ask: Ask;
  /** The text of standard input. Raises `cancelled`. */
  readInput(): Promise<string>;
}

export type ContextOptions = CommandSurroundings & {
  folder: string;
  output: Output;
  signal: AbortSignal;
  /** As Ctrl+C does. */
  interrupt: () => void;
  acceptedHostKeys: readonly string[];
  offerToKeep: boolean;
  startedBy: OperationView['startedBy'];
};

/** The context of one run, and how to end what it began. */
export function createContext(options: ContextOptions): Context & {
  logFile: string;
  running(): Promise<Companion> | undefined;
} {
  const { folder, output, signal, interrupt, acceptedHostKeys, offerToKeep, spawnPractice, startedBy, program } =
    options;
  let companion: Promise<Companion> | undefined;
  const ends = createEnds();

  const compose = async (): Promise<Companion> => {
    const [{ compose: make }, tell] = await Promise.all([import('../compose.ts'), createTeller(output)]);
    const emit: Emit = (name, event) => {
      if (name === 'operation.changed') ends.note(event as OperationView);
      tell(name, event);
    };
    return make({ folder, emit, ask, spawnPractice, startedBy, program });
  };

  let terminal: Promise<Ask> | undefined;
  const ask: Ask = async (question, askSignal) => {
    terminal ??= import('./terminalPrompts.ts').then(({ createTerminalAsk }) =>
      createTerminalAsk({
        input: process.stdin,
        output: process.stderr,
        acceptedHostKeys,
        offerToKeep,
        interrupt,
        clear: output.clearStatus,
      }),
    );
    return (await terminal)(question, askSignal);
  };

  const context: Context = {
    output,
    signal,
    ask,
    ended: ends.of,
    companion() {
      companion ??= compose();
      return companion;
    },
    async follow(start) {
      if (signal.aborted) throw cancelled(signal.reason);
      const { operations } = await context.companion();
      const { id, ended } = await start();
      const cancel = () => void operations.cancel(id);
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      const view = await ended;
      signal.removeEventListener('abort', cancel);
      if (view.state === 'cancelled') throw cancelled(signal.reason);
      if (view.problem !== undefined) throw new ProblemError(view.problem.code, view.problem.values, view.problem);
      if (view.unexpected !== undefined) throw new UnexpectedEnd(view.unexpected);
      return view;
    },
    async readInput() {
      const { text } = await import('node:stream/consumers');
      const stop = () => void process.stdin.destroy();
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await text(process.stdin);
      } catch (error) {
        if (signal.aborted) throw cancelled(error);
        throw error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
  return { ...context, logFile: join(folder, 'logs', 'companion.log'), running: () => companion };
}

/** The ends of operations, by id; also of those that ended before somebody asked. */
function createEnds() {
  const known = new Map<string, OperationView>();
  const waiting = new Map<string, (view: OperationView) => void>();
  return {
    note(view: OperationView) {
      if (view.state === 'running') return;
      known.set(view.id, view);
      waiting.get(view.id)?.(view);
    },
    of: (id: string): Promise<OperationView> =>
      new Promise((resolve) => {
        const view = known.get(id);
        if (view === undefined) waiting.set(id, resolve);
        else resolve(view);
      }),
  };
}

/** Tells the steps of running operations as they begin, and of SSH routes that break. */
async function createTeller(output: Output): Promise<Emit> {
  const [{ say, text }, { problemText }] = await Promise.all([
    import('../../contract/copy/text.ts'),
    import('../../contract/copy/problemText.ts'),
  ]);
  let told = '';
  return (name, event) => {
    if (name === 'operation.changed') {
      const view = event as OperationView;
      const step = view.steps[view.stepIndex];
      if (view.state !== 'running' || step === undefined) return;
      const line = say(text('cli.progress.step', { name: view.subject.name, step: say(step.name) }));
      if (line !== told) output.status(line);
      told = line;
    }
    if (name === 'install.pull') {
      const { progress } = event as Events['install.pull'];
      const layers = progress.layers.filter(({ totalBytes }) => totalBytes !== undefined);
      const sum = (of: 'doneBytes' | 'totalBytes') =>
        `${Math.round(layers.reduce((bytes, layer) => bytes + (layer[of] ?? 0), 0) / 1e6)} MB`;
      const values = { image: progress.image, done: sum('doneBytes'), total: sum('totalBytes') };
      if (layers.length > 0) output.status(say(text('cli.install.pulling', values)));
    }
    if (name === 'install.log') {
      for (const { message } of (event as Events['install.log']).lines) output.status(message);
    }
    if (name === 'secret.not-kept') {
      const { label, problem } = event as Events['secret.not-kept'];
      output.progress(say(text('cli.progress.not-kept', { label, reason: problemText(problem).cause })));
    }
    if (name === 'route.changed') {
      const { state, attempt } = event as { state: string; attempt: number };
      if (state === 'reconnecting') output.progress(say(text('cli.progress.reconnecting', { attempt })));
    }
  };
}
