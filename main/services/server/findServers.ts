import type { FoundServer } from '../../../contract/server.ts';
import { environmentOf, type Inspected, nameOf, portsOf } from '../../adapters/docker/inspect.ts';
import { isThrowaway } from '../../adapters/docker/throwaway.ts';
import { containerState } from './containerState.ts';
import { databaseOf } from './status.ts';

const image = /(?:^|\/)dgruhin-hrizn\/aperture(?:[:@]|$)/;

/** The containers that seem to be Aperture servers, the surest first. A database beside it is none. */
export function foundServers(all: readonly Inspected[], now: number): FoundServer[] {
  return all
    .filter((inspected) => !isThrowaway(inspected))
    .map((inspected) => ({ inspected, evidence: evidenceOf(inspected) }))
    .filter(({ evidence }) => evidence.length > 0)
    .sort((a, b) => b.evidence.length - a.evidence.length)
    .map(({ inspected, evidence }) => foundServer(inspected, evidence, now));
}

function evidenceOf(inspected: Inspected): FoundServer['evidence'] {
  const { Config } = inspected;
  const labels = Config.Labels ?? {};
  const environment = environmentOf(inspected);
  // Names alone say little: only beside a DATABASE_URL that a server needs.
  const serves = environment.DATABASE_URL !== undefined;
  const evidence: FoundServer['evidence'] = [];
  if (image.test(Config.Image)) evidence.push('image');
  if (/(?:^|\/)dgruhin-hrizn\/aperture\b/.test(labels['org.opencontainers.image.source'] ?? '')) evidence.push('label');
  if (serves && labels['com.docker.compose.service'] === 'aperture') evidence.push('compose');
  if (serves && nameOf(inspected) === 'aperture') evidence.push('name');
  if (
    serves &&
    ('APP_BASE_URL' in environment || 'RUN_MIGRATIONS_ON_START' in environment) &&
    'SESSION_SECRET' in environment
  ) {
    evidence.push('environment');
  }
  return evidence;
}

function foundServer(inspected: Inspected, evidence: FoundServer['evidence'], now: number): FoundServer {
  const environment = environmentOf(inspected);
  const composeFile = composeFileOf(inspected);
  const url = urlOf(inspected);
  const database = databaseOf(environment);
  return {
    container: nameOf(inspected),
    id: inspected.Id,
    image: inspected.Config.Image,
    state: containerState(inspected, now),
    evidence,
    ...(composeFile === undefined ? {} : { composeFile }),
    ...(url === undefined ? {} : { url }),
    ...(database.host === '' ? {} : { database }),
  };
}

/** Compose notes on each container which file it comes from; of several the first. Compose 1 notes it relative to the folder. */
export function composeFileOf({ Config }: Inspected): string | undefined {
  const labels = Config.Labels ?? {};
  const [file] = (labels['com.docker.compose.project.config_files'] ?? '').split(',');
  if (file === undefined || file === '') return undefined;
  const folder = labels['com.docker.compose.project.working_dir'] ?? '';
  const absolute = file.startsWith('/') || /^[A-Za-z]:[\\/]/.test(file);
  return absolute || folder === '' ? file : `${folder.replace(/\/$/, '')}/${file}`;
}

/** As the server itself was told; a placeholder for this computer is of no use elsewhere, but is what there is. */
export function urlOf(inspected: Inspected): string | undefined {
  const environment = environmentOf(inspected);
  if (environment.APP_BASE_URL !== undefined && URL.canParse(environment.APP_BASE_URL)) return environment.APP_BASE_URL;
  const inside = Number(environment.PORT ?? 3456);
  const port = portsOf(inspected).find((one) => one.inside === inside);
  if (port === undefined) return undefined;
  return `http://${/^(?:0\.0\.0\.0|::)$/.test(port.host) ? 'localhost' : port.host}:${port.port}`;
}
