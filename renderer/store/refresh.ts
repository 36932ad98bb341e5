import { checksOf } from './checks.ts';
import { connectionOf } from './connections.ts';
import { isReachable } from './instances.ts';
import type { Store } from './store.ts';

/**
 * Learns what is known about an instance; where main knows nothing since it started, tries the connection and then the checks.
 * Nothing is tried while the set-up is under way or the password would have to be asked for: that is left to the user.
 */
export async function refreshInstance(getState: () => Store, instanceId: string): Promise<void> {
  const { loadChecks, loadConnection, testConnection, runChecks } = getState();
  await Promise.all([loadChecks(instanceId), loadConnection(instanceId)]);
  const instance = getState().instances.find((one) => one.id === instanceId);
  if (instance === undefined || !isReachable(instance) || instance.setup !== undefined) return;
  if (instance.kind === 'external' && instance.password === 'none') return;

  const connection = connectionOf(getState(), instanceId);
  if (connection.report === undefined && !connection.testing && connection.failure === undefined) {
    await testConnection(instanceId);
  }
  const checks = checksOf(getState(), instanceId);
  const connected = connectionOf(getState(), instanceId).report?.outcome === 'connected';
  if (connected && checks.report === undefined && checks.run === undefined && checks.failure === undefined) {
    await runChecks(instanceId);
  }
}
