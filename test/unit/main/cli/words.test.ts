import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { tlsModes } from '../../../../contract/connection.ts';
import type { SshHost } from '../../../../contract/sshHost.ts';
import { commandNames } from '../../../../main/cli/commandNames.ts';
import { WrongUsage } from '../../../../main/cli/failure.ts';
import { createOutput, table, wrap } from '../../../../main/cli/output.ts';
import { createProgram } from '../../../../main/cli/program.ts';
import { sshHostNamed } from '../../../../main/cli/sshRoute.ts';

const program = createProgram({ choose: () => undefined, writeOut: () => undefined, writeError: () => undefined });

test('the names that mean the command line are exactly its commands', () => {
  expect(program.commands.map((command) => command.name())).toEqual([...commandNames]);
});

test('every TLS mode can be chosen', () => {
  const check = program.commands.find((command) => command.name() === 'check');
  expect(check?.options.find((option) => option.long === '--tls')?.argChoices).toEqual([...tlsModes]);
});

test('every command that does something has --json and --quiet', () => {
  const leavesOf = (command: Command): readonly Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
  const leaves = leavesOf(program);
  expect(leaves.length).toBeGreaterThan(9);
  for (const leaf of leaves) {
    expect(leaf.options.map((option) => option.long)).toEqual(expect.arrayContaining(['--json', '--quiet']));
  }
});

describe('--ssh', () => {
  const saved: SshHost = { id: 'h1', name: 'nas', host: 'nas.lan', jumps: [], useConfig: false };

  test.each([
    ['nas.lan', { host: 'nas.lan' }],
    ['anna@nas.lan', { user: 'anna', host: 'nas.lan' }],
    ['anna@nas.lan:2222', { user: 'anna', host: 'nas.lan', port: 2222 }],
    ['anna@[fe80::1]:22', { user: 'anna', host: 'fe80::1', port: 22 }],
  ])('%s', (given, expected) => {
    const { host, known } = sshHostNamed(given, undefined, []);
    expect(host).toMatchObject({ ...expected, useConfig: true, jumps: [] });
    expect(known).toBe(false);
  });

  test.each(['', 'a b', 'anna@', 'nas:0', 'nas:70000', 'nas:', '@nas'])('%j is refused', (given) => {
    expect(() => sshHostNamed(given, undefined, [])).toThrow(WrongUsage);
  });

  test('a saved one is taken as it is; with another key it is a new one like it', () => {
    expect(sshHostNamed('nas', undefined, [saved])).toEqual({ host: saved, known: true });
    const { host, known } = sshHostNamed('nas', '/keys/other', [saved]);
    expect(known).toBe(false);
    expect(host).toMatchObject({ host: 'nas.lan', authentication: { method: 'key', path: '/keys/other' } });
    expect(host.id).not.toBe(saved.id);
  });
});

describe('output', () => {
  const written = (options: {
    json?: boolean;
    quiet?: boolean;
    terminal?: boolean;
    environment?: NodeJS.ProcessEnv;
  }) => {
    const streams = { out: '', error: '' };
    const stream = (name: 'out' | 'error') => ({
      isTTY: options.terminal === true,
      columns: 40,
      write: (text: string) => {
        streams[name] += text;
      },
    });
    const output = createOutput({
      json: options.json === true,
      quiet: options.quiet === true,
      stdout: stream('out'),
      stderr: stream('error'),
      environment: options.environment ?? {},
    });
    return { output, streams };
  };

  test('what a server says cannot move the cursor, retitle the terminal or fake a line', () => {
    const { output, streams } = written({});
    output.result(null, () => 'a\u001b]0;title\u0007b\u001b[2J\rc\u009bd\te');
    expect(streams.out).toBe('a]0;titleb[2Jcd\te\n');
  });

  test('a status is replaced on a terminal and is a line of its own elsewhere', () => {
    const terminal = written({ terminal: true });
    terminal.output.status('one');
    terminal.output.status('two');
    terminal.output.result(null, () => 'done');
    expect(terminal.streams).toEqual({ out: 'done\n', error: '\r\u001b[Kone\r\u001b[Ktwo\r\u001b[K' });
    const pipe = written({});
    pipe.output.status('one');
    pipe.output.status('two');
    expect(pipe.streams.error).toBe('one\ntwo\n');
  });

  test('--quiet keeps failures', () => {
    const { output, streams } = written({ quiet: true });
    output.status('one');
    output.progress('two');
    output.failure({}, () => 'why');
    expect(streams).toEqual({ out: '', error: 'why\n' });
  });

  test('colours only on a terminal, and not with NO_COLOR', () => {
    expect(written({ terminal: true }).output.colour).toBe(true);
    expect(written({}).output.colour).toBe(false);
    expect(written({ terminal: true, environment: { NO_COLOR: '1' } }).output.colour).toBe(false);
  });

  test('columns are aligned, words wrapped', () => {
    expect(table([['a', 'bb'], ['ccc', 'd'], ['e']])).toBe('a    bb\nccc  d\ne');
    expect(wrap('one two three\nfour', 8, '  ')).toBe('one two\n  three\n  four');
  });
});
