import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { checkIds } from '../../../contract/check.ts';
import { providerIds } from '../../../contract/connection.ts';
import { problemCodes } from '../../../contract/problem.ts';
import { withoutKeychain } from '../../support/keychain.ts';
import { type Finished, type RunOptions, run } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';

const program = path.join(import.meta.dirname, '..', '..', '..', 'main', 'cli', 'index.ts');

export type CommandLine = ReturnType<typeof commandLine>;

/** The command line as its own process, with a home and a data folder of its own and no keychain unless `env` leads to one. */
export function commandLine(env: NodeJS.ProcessEnv = {}) {
  const home = supportFolder('cli');
  const data = path.join(home, 'data');
  mkdirSync(data);
  const environment: NodeJS.ProcessEnv = {
    ...withoutKeychain({ PATH: process.env.PATH }),
    HOME: home,
    APERTURE_COMPANION_DATA: data,
    ...env,
  };
  return {
    home,
    data,
    environment,
    command: (args: readonly string[]) => [process.execPath, program, ...args] as const,
    run: (args: readonly string[], options: Pick<RunOptions, 'env' | 'input'> = {}): Promise<Finished> =>
      run([process.execPath, program, ...args], { ...options, env: { ...environment, ...options.env } }),
    /** Runs with `--json`: one document on standard output, whatever happens. */
    async json(args: readonly string[], options: Pick<RunOptions, 'env' | 'input'> = {}) {
      const finished = await run([process.execPath, program, ...args, '--json'], {
        ...options,
        env: { ...environment, ...options.env },
      });
      return { ...finished, document: JSON.parse(finished.stdout) as unknown };
    },
    /** Begins and is watched; the caller ends it. */
    begin(args: readonly string[]) {
      const child = spawn(process.execPath, [program, ...args], {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const ended = new Promise<Finished>((resolve) => {
        child.on('close', (code) => resolve({ code, stdout, stderr }));
      });
      return { child, ended, stdout: () => stdout, stderr: () => stderr };
    },
    /** Every byte that was kept: settings, journals, logs. */
    kept: (): string =>
      readdirSync(data, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.includes('practice'))
        .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
        .join('\n'),
  };
}

const fixSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('run'),
    id: z.string(),
    title: z.string(),
    as: z.enum(['app', 'administrator']),
    preview: z.string(),
    why: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('paste'),
    title: z.string(),
    language: z.enum(['sql', 'shell', 'powershell', 'config', 'yaml']),
    where: z.string(),
    snippet: z.string().min(1),
    why: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('portal'),
    title: z.string(),
    steps: z.array(z.string()),
    link: z.string().optional(),
    why: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('setting'), id: z.string(), title: z.string(), why: z.string().optional() }),
]);

/** What programs may rely on, as docs/command-line.md tells it. */
export const checkDocumentSchema = z.strictObject({
  instance: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  server: z.strictObject({
    version: z.string(),
    versionNum: z.int(),
    provider: z.enum(providerIds),
    platform: z.string(),
    pooler: z.string().optional(),
    user: z.string(),
    database: z.string(),
    inRecovery: z.boolean(),
  }),
  verdict: z.enum(['ready', 'ready-with-warnings', 'not-ready']),
  checks: z
    .array(
      z.strictObject({
        id: z.enum(checkIds),
        status: z.enum(['pass', 'warn', 'fail', 'skipped']),
        title: z.string().min(1),
        evidence: z.string().min(1),
        fixes: z.array(fixSchema),
      }),
    )
    .min(1),
});

const failureSchema = z.strictObject({
  problem: z.looseObject({
    code: z.enum([...problemCodes, 'unexpected']),
    title: z.string().min(1),
    cause: z.string().min(1),
    next: z.string().min(1),
    detail: z.string().optional(),
  }),
});

/** The problem of a document that tells why there is no result. */
export function problemIn(document: unknown) {
  return failureSchema.parse(document).problem;
}

/** The last records of a journal. */
export async function lastOperation(cli: CommandLine) {
  const { document, code } = await cli.json(['operations', 'list', '--limit', '1']);
  expect(code).toBe(0);
  const operationSchema = z.looseObject({ id: z.string(), kind: z.string(), state: z.string(), startedBy: z.string() });
  return z.object({ operations: z.array(operationSchema) }).parse(document).operations[0];
}
