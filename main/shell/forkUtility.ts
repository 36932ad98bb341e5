import { utilityProcess } from 'electron';
import type { SpawnPractice } from '../adapters/embeddedPostgres.ts';

/** Electron can't run as Node in a package (its fuse is off), so the practice database runs in a utility process. The app has to be ready. */
export function forkUtility(module: string): SpawnPractice {
  return (args) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
    const child = utilityProcess.fork(module, [...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName: 'Practice database',
      env,
    });
    let lastWords = '';
    child.stderr?.on('data', (data: Buffer) => {
      lastWords = (lastWords + data.toString('utf8')).slice(-2_000);
    });
    return {
      get pid() {
        return child.pid;
      },
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.once('exit', (code) => listener(code, lastWords.trim())),
      kill: () => {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      },
    };
  };
}
