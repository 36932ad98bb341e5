import { settingOf } from './amounts.ts';
import type { ServerFacts } from './facts.ts';

export type ContainerHint = 'yes' | 'likely' | 'no';

/**
 * Whether the server runs in a container. Certain where its files or its data folder tell (a superuser sees them);
 * otherwise judged by what any role sees.
 */
export function containerHint(facts: ServerFacts): ContainerHint {
  if (facts.host !== undefined) return facts.host.container || isImagesDataFolder(facts) ? 'yes' : 'no';
  // Debian's and Ubuntu's packages name each cluster ("17/main"); the images don't.
  if (/^\d+\//.test(settingOf(facts, 'cluster_name') ?? '')) return 'no';
  if (settingOf(facts, 'data_directory') !== undefined) return isImagesDataFolder(facts) ? 'yes' : 'no';
  if (isDockerNetwork(facts.server.serverAddress)) return 'likely';
  const { version } = facts.server;
  return /-linux-musl/.test(version) || /\(Debian [^)]*\.pgdg\d+\+/.test(version) ? 'likely' : 'no';
}

/** `/var/lib/postgresql/data`, or from the images of 18 on `/var/lib/postgresql/18/docker`. */
function isImagesDataFolder(facts: ServerFacts): boolean {
  return /^\/var\/lib\/postgresql\/(data|\d+\/docker)(\/|$)/.test(settingOf(facts, 'data_directory') ?? '');
}

/** Docker's own networks are made out of 172.16.0.0/12 (172.17.0.0/16 is the first); few homes use that range. */
function isDockerNetwork(address: string | null): boolean {
  const [first, second] = (address ?? '').split('.').map(Number);
  return first === 172 && second !== undefined && second >= 16 && second < 32;
}
