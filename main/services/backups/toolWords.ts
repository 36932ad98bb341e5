import type { Problem, ProblemCode } from '../../../contract/problem.ts';

/** What a line on standard error of pg_dump or pg_restore is. */
export type ToolLine =
  | { kind: 'table'; table: string }
  | { kind: 'progress' | 'harmless' | 'read' | 'fatal'; line: string };

const harmless: readonly RegExp[] = [
  // Only a data-only restore is concerned; ours are whole.
  /circular foreign-key constraints/,
  /You might not be able to restore the dump without using --disable-triggers/,
  /Consider using a full dump instead of a --data-only dump/,
  // Of the shell or the container around it.
  /setlocale|Setting locale failed|LC_ALL|are supported and installed on your system|Falling back to/,
];

/** Sorts one line; the tool's language is English (LC_ALL=C) and it runs with --verbose. */
export function readToolLine(line: string): ToolLine {
  const table = /: dumping contents of table "(.*)"$/.exec(line)?.[1];
  if (table !== undefined) return { kind: 'table', table };
  if (harmless.some((pattern) => pattern.test(line))) return { kind: 'harmless', line };
  if (/^[\w./-]+: (?:error|fatal): |\b(?:ERROR|FATAL|PANIC): {2}/.test(line)) return { kind: 'fatal', line };
  // With --verbose every step is told, without a word of how serious it is.
  if (/^pg_(?:dump|restore)(?:\.exe)?: (?!warning: |detail: |hint: )/.test(line)) return { kind: 'progress', line };
  return { kind: 'read', line };
}

const known: readonly [RegExp, ProblemCode][] = [
  [/server version mismatch|aborting because of server version/, 'backup-tool-missing'],
  [/permission denied for|must be (?:owner|superuser)|row-level security/, 'permission-denied'],
  [/canceling statement due to lock timeout|could not obtain lock/, 'lock-timeout'],
  [/canceling statement due to statement timeout/, 'statement-timeout'],
  [/password authentication failed/, 'password-wrong'],
  [/no password supplied/, 'password-required'],
  [/the database system is shutting down|terminating connection due to administrator command/, 'connection-lost'],
  [
    /server closed the connection unexpectedly|could not receive data|SSL SYSCALL error|no connection to the server/,
    'connection-lost',
  ],
  [/connection to server .* failed|could not (?:connect|translate host name)|Connection refused/, 'connection-lost'],
];

/** What made the tool give up, from all that it said. */
export function toolProblem(
  said: readonly string[],
  ended: { exitCode: number | null; signal: string | null },
  at: { tool: string; host: string; port: number; user: string; database: string; server: string; found: string },
): Problem {
  const fatal = said.filter((line) => readToolLine(line).kind === 'fatal');
  const detail = said.slice(-20).join('\n').slice(-4000);
  const more = detail === '' ? {} : { detail };
  const message = (fatal[0] ?? said.at(-1) ?? `exit code ${ended.exitCode ?? ended.signal ?? '?'}`).replace(
    /^[\w./-]+: (?:error|fatal): /,
    '',
  );
  const words = said.join('\n');
  const values = { ...at, message };
  for (const [pattern, code] of known) if (pattern.test(words)) return { code, values, ...more };
  if (ended.signal !== null || (ended.exitCode ?? 0) > 128) {
    const signal = ended.signal ?? `signal ${(ended.exitCode ?? 0) - 128}`;
    return { code: 'backup-tool-killed', values: { tool: at.tool, signal }, ...more };
  }
  return { code: 'backup-tool-failed', values, ...more };
}
