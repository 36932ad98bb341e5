import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Where package tools live even when PATH of an ordinary user leaves them out. */
const environment = {
  ...process.env,
  PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C.UTF-8',
};

/** Whether this process may do what only root may. */
export const isRoot = process.getuid?.() === 0;

/**
 * Runs a command to its end.
 *
 * @param {string[]} command program and arguments
 * @param {{ onLine?: (line: string) => void }} [options] onLine gets each line of output as it appears
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>} -1 when the program could not be started
 */
export function run(command, options = {}) {
  return new Promise((resolve) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { stdout: '', stderr: '' };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      let rest = '';
      child[name].setEncoding('utf8');
      child[name].on('data', (chunk) => {
        text[name] += chunk;
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) options.onLine?.(line);
      });
    }
    child.on('error', (error) => resolve({ code: -1, stdout: '', stderr: error.message }));
    child.on('close', (code) => resolve({ code: code ?? -1, ...text }));
  });
}

/**
 * Runs a command to its end and raises an error that carries the end of its output when it fails.
 *
 * @param {string[]} command
 * @param {{ onLine?: (line: string) => void }} [options]
 */
export async function mustRun(command, options) {
  const result = await run(command, options);
  if (result.code !== 0) {
    const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-8).join('\n');
    throw new Error(`${command.slice(0, 3).join(' ')} … ended with ${result.code}:\n${tail}`);
  }
  return result;
}

/** The command as root: itself, or through sudo when sudo asks for no password. Undefined when neither is possible. */
export async function asRoot(/** @type {string[]} */ command) {
  if (isRoot) return command;
  const sudo = await run(['sudo', '-n', 'true']);
  return sudo.code === 0 ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive', ...command] : undefined;
}

/** Packages of the list that dpkg does not have installed. */
export async function missingPackages(/** @type {string[]} */ names) {
  const { stdout } = await run(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', ...names]);
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs packages without starting the services that they bring: the tests start their own, on their own ports.
 *
 * @param {string[]} names
 * @returns {Promise<string | undefined>} why it could not be done, or undefined when all are there
 */
export async function installPackages(names) {
  const missing = await missingPackages(names);
  if (missing.length === 0) return undefined;
  const policy = '/usr/sbin/policy-rc.d';
  const policyIsOurs = !existsSync(policy);
  // invoke-rc.d asks this script before it starts a service; 101 means "do not" (Debian policy 9.3.3).
  const guard = policyIsOurs ? `printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy} && ` : '';
  const unguard = policyIsOurs ? `rm -f ${policy}` : ':';
  const install = await asRoot([
    'sh',
    '-c',
    `${guard}apt-get install -y --no-install-recommends "$@"; code=$?; ${unguard}; exit $code`,
    'install',
    ...missing,
  ]);
  const update = await asRoot(['apt-get', 'update']);
  if (!install || !update) return `needs root (or sudo without a password) to install ${missing.join(', ')}`;
  let result = await run(install);
  if (result.code !== 0) {
    await run(update);
    result = await run(install);
  }
  return result.code === 0 ? undefined : `apt-get could not install ${missing.join(', ')}: ${lastLine(result.stderr)}`;
}

/** The last line that says anything. */
export function lastLine(/** @type {string} */ text) {
  return text.trim().split('\n').at(-1) ?? '';
}

/** Hands files that sudo made back to whoever runs this. */
export async function takeOwnership(/** @type {string} */ path) {
  if (isRoot) return;
  const command = await asRoot(['chown', '-R', userInfo().username, path]);
  if (command) await mustRun(command);
}
