import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTools, majorOf, parseVersion } from '../../main/adapters/toolFinder.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('the version of a program', () => {
  it.each([
    ['pg_dump (PostgreSQL) 17.5 (Debian 17.5-1.pgdg120+1)\n', '17.5'],
    ['psql (PostgreSQL) 18beta1\n', '18beta1'],
    ['pg_dump (PostgreSQL) 9.6.24\n', '9.6.24'],
    ['OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.11 19 Sep 2023\n', '9.2p1'],
    ['OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2\n', '9.5p1'],
    ['Docker version 20.10.24+dfsg1, build 297e128\n', '20.10.24+dfsg1'],
    ['docker-compose version 1.29.2, build unknown\n', '1.29.2'],
    ['Docker Compose version v2.29.7\n', '2.29.7'],
    ['2.26.1-4\n', '2.26.1-4'],
    ['usage: something else\n', undefined],
    ['', undefined],
  ])('%j is %s', (output, version) => {
    expect(parseVersion(output)).toBe(version);
  });

  it('has a major number', () => {
    expect(['17.5', '18beta1', '9.6.24', 'x'].map(majorOf)).toEqual([17, 18, 9, undefined]);
  });
});

describe.runIf(process.platform !== 'win32')('programs on PATH', () => {
  const script = async (file: string, content: string) => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${content}\n`);
    await chmod(file, 0o755);
  };

  it('are found once each, with what works, and those that are missing are named', async () => {
    const folder = await temporaryFolder();
    const [old, current, broken] = ['old', 'current', 'broken'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    await script(path.join(old, 'pg_dump'), "echo 'pg_dump (PostgreSQL) 15.8'");
    await script(path.join(current, 'pg_dump'), "echo 'pg_dump (PostgreSQL) 17.5'");
    await script(path.join(broken, 'pg_dump'), 'exit 127');
    await script(
      path.join(current, 'docker'),
      `test "$1" = compose && echo v2.29.7 || echo 'Docker version 28.2.2, build x'`,
    );
    await writeFile(path.join(broken, 'docker'), 'not executable');
    await mkdir(path.join(folder, 'link'));
    await symlink(path.join(old, 'pg_dump'), path.join(folder, 'link', 'pg_dump'));
    const PATH = [broken, current, old, path.join(folder, 'link'), path.join(folder, 'gone'), ''].join(path.delimiter);
    const found = await findTools(
      { env: { PATH }, platform: process.platform, home: folder },
      AbortSignal.timeout(30_000),
    );
    const mine = found.filter(({ path: file }) => file?.startsWith(folder));
    expect(mine).toEqual([
      { tool: 'pg_dump', path: path.join(current, 'pg_dump'), version: '17.5', major: 17 },
      { tool: 'pg_dump', path: path.join(old, 'pg_dump'), version: '15.8', major: 15 },
      { tool: 'docker', path: path.join(current, 'docker'), version: '28.2.2' },
      { tool: 'docker-compose', path: path.join(current, 'docker'), version: '2.29.7' },
    ]);
    expect(new Set(found.map(({ tool }) => tool)).size).toBe(8);
  });

  it('that hang are given up with the search', async () => {
    const folder = await temporaryFolder();
    await script(path.join(folder, 'psql'), 'exec sleep 60');
    const started = performance.now();
    await expect(
      findTools({ env: { PATH: folder }, platform: process.platform, home: folder }, AbortSignal.timeout(300)),
    ).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
