import { z } from 'zod';
import type { ResourceUse } from '../../../contract/server.ts';
import type { DockerCli, DockerRun } from './dockerCli.ts';

const statsSchema = z.object({
  CPUPerc: z.string(),
  MemUsage: z.string(),
  NetIO: z.string(),
  BlockIO: z.string(),
  PIDs: z.string(),
});

/** What a running container uses at this moment: takes the engine about two seconds. Undefined where the engine can't tell. */
export async function resourceUse(
  cli: DockerCli,
  container: string,
  options: DockerRun,
): Promise<ResourceUse | undefined> {
  const result = await cli.run(['stats', '--no-stream', '--format', '{{json .}}', container], options);
  return result.exitCode === 0 ? readStats(result.stdout) : undefined;
}

/** One line of `docker stats`. */
export function readStats(line: string): ResourceUse | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = statsSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { CPUPerc, MemUsage, NetIO, BlockIO, PIDs } = parsed.data;
  const pair = (text: string): [number, number] => {
    const [first = '', second = ''] = text.split('/');
    return [bytesOf(first), bytesOf(second)];
  };
  const [memoryBytes, memoryLimitBytes] = pair(MemUsage);
  const [networkInBytes, networkOutBytes] = pair(NetIO);
  const [diskReadBytes, diskWrittenBytes] = pair(BlockIO);
  return {
    cpuPercent: Number.parseFloat(CPUPerc) || 0,
    memoryBytes,
    memoryLimitBytes,
    networkInBytes,
    networkOutBytes,
    diskReadBytes,
    diskWrittenBytes,
    processes: Number.parseInt(PIDs, 10) || 0,
  };
}

const powers: Record<string, number> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** `12.3MiB` counts in 1024, `1.2kB` in 1000; to the byte, as far as the text is exact. */
function bytesOf(text: string): number {
  const match = /^\s*([\d.]+)\s*([kmgtp]?)(i?)b\s*$/i.exec(text);
  if (match === null) return 0;
  const [, number = '0', unit = '', binary = ''] = match;
  return Math.round(Number(number) * (binary === '' ? 1000 : 1024) ** (powers[unit.toLowerCase()] ?? 0));
}
