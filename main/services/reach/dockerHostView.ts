import { isIP } from 'node:net';
import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { Host } from '../../adapters/host.ts';
import { isLoopback } from './databaseContainer.ts';

/** Milliseconds for one look from the Docker host. */
const patience = 8_000;

/** The computer's own addresses. Empty where it does not tell. */
export async function hostAddresses(host: Host, signal: AbortSignal): Promise<string[]> {
  try {
    const { stdout } = await host.run(['ip', '-o', 'addr', 'show'], { signal, timeout: patience });
    return [...stdout.matchAll(/\binet6? ([0-9a-fA-F.:]+)\//g)]
      .map(([, address]) => address ?? '')
      .filter((address) => isIP(address) !== 0 && !address.startsWith('fe80'));
  } catch {
    return [];
  }
}

/** Whether the computer itself gets a connection there; undefined for an address that means something else in a container. */
export async function reachesFromHost(
  host: Host,
  address: DatabaseAddress,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  if (isLoopback(address.host) || address.host.endsWith('.internal')) return undefined;
  try {
    const stream = await host.dial(address, AbortSignal.any([signal, AbortSignal.timeout(patience)]));
    stream.on('error', () => undefined);
    stream.destroy();
    return true;
  } catch {
    return false;
  }
}
