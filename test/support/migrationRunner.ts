import { setTimeout as delay } from 'node:timers/promises';
import { directDial } from '../../main/adapters/directDial.ts';
import { connectPostgres } from '../../main/adapters/postgres/connectPostgres.ts';
import { serverLedger } from '../../main/services/migrations/ledgers.ts';
import { runMigrations } from '../../main/services/migrations/runner.ts';

/**
 * A process that runs migrations, to be killed. Standard input: JSON with host, port, user, password, database, files, and the milliseconds
 * after which it kills itself, where it is to.
 */
const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const { host, port, user, password, database, files, killAfter } = JSON.parse(Buffer.concat(chunks).toString()) as {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  files: { name: string; sql: string }[];
  killAfter?: number;
};
const signal = new AbortController().signal;
const session = await connectPostgres({
  settings: {
    hosts: [{ host, port }],
    user,
    database,
    tls: { mode: 'disable' },
    channelBinding: 'prefer',
    targetSessionAttrs: 'any',
    connectTimeoutSeconds: 60,
  },
  password,
  dial: directDial(),
  tlsFor: () => false,
  signal,
  queryTimeoutMs: 600_000,
});
if (killAfter !== undefined) void delay(killAfter).then(() => process.kill(process.pid, 'SIGKILL'));
const quiet = () => undefined;
const { outcomes, problem } = await runMigrations(files, {
  session,
  ledger: serverLedger,
  signal,
  listener: { began: quiet, ended: quiet, log: quiet },
});
await session.close();
process.stdout.write(JSON.stringify({ outcomes: outcomes.length, problem: problem?.code ?? null }));
