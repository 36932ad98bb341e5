import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { accepts } from '../../support/ports.ts';
import { until } from '../../support/processes.ts';
import { checkDocumentSchema, commandLine } from './commandLine.ts';

const runningSchema = z.strictObject({
  instance: z.strictObject({ id: z.string(), name: z.string() }),
  host: z.literal('127.0.0.1'),
  port: z.int(),
  user: z.string(),
  database: z.string(),
});

describe('practice', () => {
  test('--once: started, checked, stopped', { timeout: 180_000 }, async () => {
    const cli = commandLine();
    const { code, document } = await cli.json(['practice', '--once', '--quiet']);
    const { instance, verdict, server, checks } = checkDocumentSchema.parse(document);
    expect(instance?.name).toBe('Practice');
    expect(server.provider).toBe('practice');
    expect(code).toBe(verdict === 'not-ready' ? 1 : 0);
    expect(checks.find(({ id }) => id === 'server-version')?.status).toBe('pass');
    const listed = await cli.run(['instances', 'list']);
    expect(listed.stdout.trim().split('\n')).toHaveLength(1);
  });

  test('runs until it is interrupted, which is its good end', { timeout: 180_000 }, async () => {
    const { child, ended, stdout, stderr } = commandLine().begin(['practice', '--json']);
    await until(() => stdout().trimEnd().endsWith('}'), 120_000, stderr);
    const { host, port, user, database } = runningSchema.parse(JSON.parse(stdout()));
    const client = new pg.Client({ host, port, user, database, password: '' });
    await client.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
    expect(await accepts(host, port)).toBe(false);
  });

  test('interrupted while it starts: exit code 130 and no process left behind', { timeout: 180_000 }, async () => {
    const cli = commandLine();
    const { child, ended, stderr } = cli.begin(['practice']);
    await until(() => stderr().includes('Practice: '), 60_000, stderr);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(130);
    const { document } = await cli.json(['operations', 'list']);
    expect(document).toMatchObject({ operations: [{ kind: 'practice-start', state: 'cancelled' }] });
  });
});
