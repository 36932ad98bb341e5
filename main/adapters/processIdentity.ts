import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

/**
 * A process, told apart from a later one that got the same id. `started` is there on Linux: the boot's id and the start in clock ticks
 * since boot (proc(5), field 22 of stat).
 */
export const processIdentitySchema = z.object({ pid: z.int().min(1), started: z.string().optional() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

const run = promisify(execFile);

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const started = await linuxStart(process.pid);
  return started === undefined || started === 'dead' ? { pid: process.pid } : { pid: process.pid, started };
}

/**
 * Whether the process still runs. `since` is a moment at which it did (when it wrote its lock): where the system gives no exact start,
 * a process that started after it is another one. In doubt it is alive, since two writers are worse than one that waits.
 */
export async function isAlive(identity: ProcessIdentity, since: Date): Promise<boolean> {
  if (!answersSignal(identity.pid)) return false;
  if (process.platform === 'linux') {
    const started = await linuxStart(identity.pid);
    if (started === 'dead') return false;
    return started === undefined || identity.started === undefined || started === identity.started;
  }
  if (identity.pid === process.pid) return since.getTime() >= Date.now() - process.uptime() * 1000 - 5_000;
  const started = await wallClockStart(identity.pid);
  // A minute of tolerance for a clock that was set in between.
  return started === undefined || started.getTime() <= since.getTime() + 60_000;
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function linuxStart(pid: number): Promise<string | 'dead' | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    return parseLinuxStat(boot, stat);
  } catch {
    return undefined;
  }
}

/** `dead` for a process that has ended and was not yet collected by its parent: it answers signals but holds nothing. */
export function parseLinuxStat(bootId: string, stat: string): string | 'dead' | undefined {
  // The second field is the program's name in parentheses and may itself contain both.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return 'dead';
  const ticks = fields[19];
  return ticks === undefined ? undefined : `${bootId.trim()}:${ticks}`;
}

async function wallClockStart(pid: number): Promise<Date | undefined> {
  try {
    if (process.platform === 'win32') {
      const script = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`;
      const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], {
        timeout: 10_000,
        windowsHide: true,
      });
      return parseDate(stdout);
    }
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], {
      timeout: 5_000,
      env: { ...process.env, LC_ALL: 'C' },
    });
    return parseDate(stdout);
  } catch {
    return undefined;
  }
}

/** As `ps -o lstart=` (local time, C locale) or PowerShell's round-trip format print it. */
export function parseDate(text: string): Date | undefined {
  const time = Date.parse(text.trim().replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(time) ? undefined : new Date(time);
}
