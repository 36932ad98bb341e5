import { parseDocument } from 'yaml';
import { say, type Text, text } from '../../../contract/copy/text.ts';
import type { FileChange, ServerSettings } from '../../../contract/serverSettings.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readEnvFile } from '../imports/variables.ts';
import { changeCompose, findService } from './changeCompose.ts';
import { databaseServiceName, databaseUrlReference, environmentValues, type ServerSecrets } from './composeFor.ts';
import { unifiedDiff } from './diff.ts';
import { changeEnvironment, maskEnvironment } from './environmentFile.ts';
import type { ServiceChange } from './locate.ts';
import { maskCompose } from './maskCompose.ts';

/** The `.env` with these secrets in it, everything else as it is. Raises `compose-not-editable`. */
export function editEnvironment(before: string, path: string, secrets: ServerSecrets): string {
  const known = readEnvFile(before);
  const differing = Object.entries(environmentValues(secrets)).filter(([name, value]) => known[name] !== value);
  const after = changeEnvironment(before, Object.fromEntries(differing));
  if (after === undefined) throw notEditable(path, text('compose.unsafe.environment'), '');
  return after;
}

/**
 * The compose file with these settings in it, everything else as it is. A DATABASE_URL that is written out in it makes way for the
 * variable of `.env`, unless the secrets are to stay. Raises `compose-not-editable` with what to do by hand.
 */
export function editCompose(
  before: string,
  path: string,
  settings: ServerSettings,
  { keepSecrets }: { keepSecrets: boolean },
): string {
  const { database } = settings;
  const edit = (content: string, changes: readonly ServiceChange[], service?: string) => {
    const edited = changeCompose(content, changes, service);
    if (edited.kind === 'by-hand') throw notEditable(path, edited.reason, edited.diff);
    return edited.text;
  };
  // By its name from now on: its image may be the one thing that changes.
  const server = findService(parseDocument(before, { merge: true, logLevel: 'error' }), undefined)?.name;
  const after = edit(before, [...changesFor(settings), ...(keepSecrets ? [] : [databaseVariable])], server);
  if (database === undefined) return after;
  const service = findService(parseDocument(before, { merge: true, logLevel: 'error' }), databaseServiceName)?.node;
  // Its address would be written into .env, and nothing would be there.
  if (service === undefined) throw notEditable(path, text('compose.unsafe.no-database-service'), '');
  // Another major version does not open what this one has written.
  if (String(service.get('image')) !== database.image)
    throw notEditable(path, text('compose.unsafe.database-image'), '');
  const { publishedPort: port } = database;
  return edit(
    after,
    port === undefined ? [] : [{ at: 'port', container: 5432, host: port, address: '127.0.0.1' }],
    databaseServiceName,
  );
}

const databaseVariable: ServiceChange = {
  at: 'variable',
  name: 'DATABASE_URL',
  reference: databaseUrlReference,
};

function notEditable(path: string, reason: Text, diff: string): ProblemError {
  return new ProblemError(
    'compose-not-editable',
    { path, reason: say(reason) },
    diff === '' ? {} : { detail: maskCompose(diff) },
  );
}

/** What of the settings is in a compose file that somebody may have edited. Its networks and services stay theirs. */
function changesFor(settings: ServerSettings): ServiceChange[] {
  const { libraries, backups, media } = settings.folders;
  return [
    { at: 'image', value: settings.image },
    { at: 'container_name', value: settings.containerName },
    { at: 'user', value: settings.user },
    { at: 'port', container: 3456, host: settings.port, address: settings.bindAddress },
    { at: 'environment', name: 'APP_BASE_URL', value: settings.url },
    { at: 'environment', name: 'RUN_MIGRATIONS_ON_START', value: String(settings.runMigrations) },
    { at: 'environment', name: 'TZ', value: settings.timeZone },
    { at: 'volume', target: '/aperture-libraries', source: libraries },
    { at: 'volume', target: '/backups', source: backups },
    ...(media === undefined ? [] : [{ at: 'volume', target: '/media', source: media } as const]),
  ];
}

/** As it may be shown: of a file with secrets only the names, and which of them changed. */
export function changeOf(
  { path, before, after }: { path: string; before: string | undefined; after: string },
  secret: boolean,
): FileChange {
  const state = before === undefined ? 'new' : before === after ? 'same' : 'changed';
  if (!secret) return { path, state, diff: unifiedDiff(path, maskCompose(before ?? ''), maskCompose(after)) };
  const [old, fresh] = [readEnvFile(before ?? ''), readEnvFile(after)];
  const names = Object.keys(fresh).filter((name) => old[name] !== undefined && old[name] !== fresh[name]);
  // Both values are hidden, so that a changed one has to be told from one that stays.
  const marked = names.reduce(
    (shown, name) => shown.replace(new RegExp(`^(.*\\b${name}[ \\t]*=)\\*\\*\\*$`, 'm'), '$1*** (changed)'),
    maskEnvironment(after),
  );
  return { path, state, diff: unifiedDiff(path, maskEnvironment(before ?? ''), marked) };
}
