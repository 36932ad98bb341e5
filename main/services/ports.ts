import type { Text } from '../../contract/copy/text.ts';
import type { EventName, Events } from '../../contract/events.ts';
import type { SecretPlace } from '../../contract/instance.ts';
import type {
  OperationKind,
  OperationProgress,
  OperationStep,
  OperationSubject,
  OperationView,
  ProgressUnit,
} from '../../contract/operation.ts';
import type { Prompt, PromptAnswer } from '../../contract/prompt.ts';
import type { KeychainState } from '../../contract/settings.ts';

/** What services need of each other, as interfaces: so that each is built and tested alone, and wired in compose.ts. */

/** Tells whoever listens (the window; the command line ignores most). Never throws. */
export type Emit = <Name extends EventName>(name: Name, event: Events[Name]) => void;

type WithoutId<P> = P extends unknown ? Omit<P, 'id'> : never;
export type Question = WithoutId<Prompt>;

/** Asks the user and waits. Rejects with `cancelled` when the signal aborts, `question-unanswered` when nobody can answer (no terminal). */
export type Ask = (question: Question, signal: AbortSignal) => Promise<PromptAnswer>;

/** Names of secrets in the keychain. */
export type Account =
  | `database:${string}`
  | `ssh-password:${string}`
  | `key-passphrase:${string}`
  | `tls-key-passphrase:${string}`
  | `backup-key:${string}`
  | `backup-passphrase:${string}`
  | `destination:${string}`
  | `notification:${string}`;

export interface Credentials {
  /** From this session's memory, else the keychain. Undefined when there is none or no keychain. Waits for a locked keychain until aborted. */
  get(account: Account, signal: AbortSignal): Promise<string | undefined>;
  /** Rejects with `keychain-missing`, `keychain-locked`, `secret-too-long` …: never a silent fallback. */
  set(account: Account, secret: string, place: 'keychain' | 'session', label: string): Promise<SecretPlace>;
  forget(account: Account): Promise<void>;
  place(account: Account): Promise<SecretPlace>;
  state(): Promise<KeychainState>;
}

/** Handed to the body of an operation. */
export interface Op {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Begins the step with this index of the declared ones; the earlier ones are done. */
  step(index: number): void;
  /** Throttled to a few events a second and flushed at the end. */
  progress(
    done: number,
    total: number | undefined,
    unit: ProgressUnit,
    /** A second count, shown beside it. */
    parts?: OperationProgress['parts'],
  ): void;
  /** Redacted before it is written. */
  log(line: string, level?: 'info' | 'warn' | 'error'): void;
}

export interface Operations {
  /**
   * Runs and journals. Rejects with `operation-busy` before anything happens when another operation holds the subject and
   * `exclusive` is on (also when another process of the app does). The body's ProblemError ends it as failed (or cancelled).
   */
  run(
    kind: OperationKind,
    subject: OperationSubject,
    steps: OperationStep[],
    body: (op: Op) => Promise<Text | undefined>,
    options?: { exclusive?: boolean },
  ): Promise<{ id: string; ended: Promise<OperationView> }>;
}
