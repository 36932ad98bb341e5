import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exists, run, until } from '../../support/processes.ts';

test('what a killed test process has started and made is ended and removed', async () => {
  const support = (name: string) => fileURLToPath(new URL(`../../support/${name}.ts`, import.meta.url));
  const program = `
    import { childrenOf } from '${support('processes')}';
    import { startPostgres } from '${support('postgres')}';
    import { startSshd } from '${support('sshd')}';
    import { startKeychain } from '${support('keychain')}';
    import { startProxy } from '${support('proxy')}';
    const server = await startPostgres({ major: 17 });
    await Promise.all([startSshd(), startKeychain(), startProxy({ target: server, ownProcess: true })]);
    console.log(JSON.stringify({ folder: server.dataDir, pids: childrenOf(process.pid), postgres: server.pid() }));
    process.kill(process.pid, 'SIGKILL');`;
  const { code, stdout, stderr } = await run([process.execPath, '--input-type=module', '--eval', program]);
  expect({ code, stderr: stderr.replaceAll(/.*ExperimentalWarning.*\n.*\n/g, '') }).toEqual({ code: null, stderr: '' });
  const { folder, pids, postgres } = JSON.parse(stdout) as { folder: string; pids: number[]; postgres: number };
  // postgres, sshd, the bus, the keyring, the proxy and the reaper itself
  expect(pids.length).toBeGreaterThanOrEqual(6);
  expect(pids).toContain(postgres);
  await until(
    () => !pids.some(exists),
    15_000,
    () => `still there: ${pids.filter(exists).join(', ')}`,
  );
  expect(existsSync(folder)).toBe(false);
});
