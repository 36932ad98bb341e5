/** Everything that is needed to reach and log in to one SSH server, after configuration files were read. No secret in here. */
export type SshTarget = {
  /** Identifies the shared connection: the same key means the same server, user and way. */
  key: string;
  /** For people. */
  label: string;
  host: string;
  port: number;
  user: string;
  /** Name to look host keys up under instead of the host (HostKeyAlias), with the port left out. */
  hostKeyAlias?: string;
  knownHostsFiles: string[];
  login: SshLogin;
  /** How the TCP stream is made; through another SSH server, or through a command's standard input and output. */
  via: { kind: 'direct' } | { kind: 'jump'; target: SshTarget } | { kind: 'command'; command: string };
};

/** Which ways to prove who the user is may be tried, in the order of OpenSSH: keys, then what the server asks for. */
export type SshLogin = {
  /** Key files; a missing one is skipped when `keysOptional` (OpenSSH's default names), else it fails loudly. */
  keys: string[];
  keysOptional: boolean;
  /** Socket, pipe, or `pageant`; undefined: no agent. */
  agent?: string;
  /** Only agent keys whose public half lies beside one of `keys` (IdentitiesOnly). */
  agentOnlyNamed: boolean;
  /** An agent that does not answer is skipped instead of failing the login. */
  agentOptional: boolean;
  password: boolean;
};

/**
 * What a login may need to know from the user. Answers are secrets. Each rejects with `cancelled` or `question-unanswered`;
 * `accepted` is called once the server took the answer, and keeps it if the user wished so.
 */
export interface SshQuestions {
  trustHostKey(
    question: { host: string; port: number; algorithm: string; fingerprint: string },
    signal: AbortSignal,
  ): Promise<boolean>;
  password(question: { host: string; user: string; retry: boolean }, signal: AbortSignal): Promise<SecretAnswer>;
  passphrase(question: { path: string; retry: boolean }, signal: AbortSignal): Promise<SecretAnswer>;
  interactive(
    question: {
      host: string;
      user: string;
      name: string;
      instructions: string;
      questions: { text: string; echo: boolean }[];
    },
    signal: AbortSignal,
  ): Promise<string[]>;
}

export type SecretAnswer = { secret: string; accepted(): Promise<void> };
