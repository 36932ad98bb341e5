import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { type DockerContext, recogniseDocker } from '../../problems/recogniseDocker.ts';
import type { CommandOptions, CommandResult, Host, RunningCommand } from '../host.ts';

/** Milliseconds that a command of the engine may take unless told. */
const patience = 60_000;

/** Variables that would lead the docker program elsewhere. Empty counts as not set, for Compose 1 as well. */
const ownWay = {
  DOCKER_HOST: '',
  DOCKER_CONTEXT: '',
  DOCKER_TLS: '',
  DOCKER_TLS_VERIFY: '',
  DOCKER_CERT_PATH: '',
  DOCKER_API_VERSION: '',
  CONTAINER_HOST: '',
};

export type DockerCliOptions = {
  host: Host;
  /** Where the program is on that computer. */
  program: string;
  product: 'docker' | 'podman';
  /** `unix:///…`; the podman program finds its own. */
  address: string;
  sudo: boolean;
  user: string;
  systemId: string;
};

export type DockerRun = Pick<CommandOptions, 'signal' | 'stdin' | 'timeout' | 'maxOutput'>;

/** Compose as it was found with an engine: a part of the docker program, or a program of its own. */
export type ComposeProgram = { generation: 1 | 2; program: string };

/** What the environment of whoever runs the command would set in front of what `.env` says. */
const ofTheProject = [
  ...['DATABASE_URL', 'DATABASE_PASSWORD', 'SESSION_SECRET', 'APP_BASE_URL', 'TZ'],
  ...['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME', 'COMPOSE_PROFILES', 'COMPOSE_ENV_FILES', 'COMPOSE_PATH_SEPARATOR'],
];

/** One engine, driven by the docker program of the computer that it runs on. */
export class DockerCli {
  readonly options: DockerCliOptions;

  constructor(options: DockerCliOptions) {
    this.options = options;
  }

  get host(): Host {
    return this.options.host;
  }

  argv(args: readonly string[]): string[] {
    const { program, product, address, sudo } = this.options;
    return [...(sudo ? ['sudo', '-n'] : []), program, ...(product === 'docker' ? ['-H', address] : []), ...args];
  }

  /** Runs to the end, whatever its exit code. Raises `docker-no-answer`, `docker-not-found`, `cancelled`, and what the way to the computer raises. */
  run(args: readonly string[], options: DockerRun): Promise<CommandResult> {
    return this.#run(this.argv(args), args, options);
  }

  composeArgv({ program }: ComposeProgram, args: readonly string[]): string[] {
    const { sudo, product, address } = this.options;
    if (program === this.options.program) return this.argv(['compose', ...args]);
    return [...(sudo ? ['sudo', '-n'] : []), program, ...(product === 'docker' ? ['-H', address] : []), ...args];
  }

  /** Compose for one project, whose variables come from its own `.env` only. Raises what Docker says, recognised. */
  async compose(compose: ComposeProgram, args: readonly string[], options: DockerRun): Promise<CommandResult> {
    const words = ['compose', ...args];
    // Windows has no `env`.
    const hasEnv = this.host.kind === 'ssh' || process.platform !== 'win32';
    const unset = hasEnv ? ['env', ...ofTheProject.flatMap((name) => ['-u', name])] : [];
    const result = await this.#run([...unset, ...this.composeArgv(compose, args)], words, options);
    if (result.exitCode !== 0) throw this.failure(words, result);
    return result;
  }

  async #run(
    argv: readonly string[],
    args: readonly string[],
    { signal, timeout = patience, ...more }: DockerRun,
  ): Promise<CommandResult> {
    const limit = AbortSignal.timeout(timeout);
    try {
      const result = await this.host.run(argv, {
        ...more,
        env: ownWay,
        signal: AbortSignal.any([signal, limit]),
      });
      return result;
    } catch (error) {
      if (signal.aborted) throw cancelled(signal.reason);
      if (limit.aborted) {
        const values = { host: this.host.label, command: wordsOf(args), seconds: Math.round(timeout / 1000) };
        throw new ProblemError('docker-no-answer', values, { cause: error });
      }
      throw error;
    }
  }

  /** Standard output of a command that must succeed. Raises what Docker says, recognised. */
  async must(args: readonly string[], options: DockerRun & { container?: string }): Promise<string> {
    const { container, ...more } = options;
    const result = await this.run(args, more);
    if (result.exitCode !== 0) throw this.failure(args, result, container);
    return result.stdout;
  }

  /** Begins a command whose output is streamed; `feed` leaves its standard input open. */
  start(args: readonly string[], { signal, feed }: { signal: AbortSignal; feed?: boolean }): Promise<RunningCommand> {
    return this.host.start(this.argv(args), { signal, env: ownWay, ...(feed === true ? {} : { stdin: '' }) });
  }

  failure(args: readonly string[], { stderr, stdout }: CommandResult, container = ''): ProblemError {
    const { user, systemId, address, sudo } = this.options;
    const context: DockerContext = {
      host: this.host.label,
      user,
      systemId,
      address,
      sudo,
      command: wordsOf(args),
      container,
    };
    const problem = recogniseDocker(stderr.trim() === '' ? stdout : stderr, context);
    return new ProblemError(problem.code, problem.values, problem);
  }
}

/** The command without its options: "compose up". */
function wordsOf(args: readonly string[]): string {
  const words = args.filter((argument) => /^[a-z][a-z-]*$/.test(argument));
  return words.slice(0, words[0] === 'compose' || words[0] === 'network' ? 2 : 1).join(' ');
}
