import type { BackupView } from '../../contract/backup.ts';
import type { BackupSettings, DestinationSettings } from '../../contract/backupSettings.ts';
import { say, text } from '../../contract/copy/text.ts';
import type { AgeKey } from '../adapters/age.ts';

/** A page to print, in HTML without anything from elsewhere. Holds the key: whoever writes it makes the file readable by its user only. */
export function recoveryKit({
  name,
  settings,
  keys,
  backups,
  now,
}: {
  name: string;
  settings: BackupSettings;
  keys: readonly AgeKey[];
  backups: readonly BackupView[];
  now: Date;
}): string {
  const identities = keys.flatMap((key) => (key.kind === 'identity' ? [key.identity] : []));
  const whole = backups.filter(({ verification }) => verification.state === 'verified');
  const newest = whole[0]?.manifest;
  const dump = newest?.file.name ?? 'aperture_….dump';
  const major = newest?.tool.major ?? 17;
  const decrypt = settings.encryption.kind === 'passphrase' ? '' : '-i key.txt ';
  const secret =
    identities.length > 0
      ? [heading(say(text('kit.key'))), ...identities.map(code)]
      : [heading(say(text(settings.encryption.kind === 'passphrase' ? 'kit.passphrase' : 'kit.no-key')))];
  const rows = whole.map(({ manifest }) => `${manifest?.createdAt ?? ''}  ${manifest?.file.name ?? ''}`);
  const body = [
    `<h1>${escaped(say(text('kit.title', { name })))}</h1>`,
    paragraph(say(text('kit.what'))),
    ...(identities.length > 0 ? [paragraph(say(text('kit.secret')))] : []),
    heading(say(text('kit.install', { major }))),
    code(`sudo apt install age postgresql-client`),
    ...secret,
    ...(settings.encryption.kind === 'none' && identities.length === 0
      ? []
      : [heading(say(text('kit.decrypt'))), code(`age -d ${decrypt}-o ${dump} ${dump}.age`)]),
    heading(say(text('kit.restore'))),
    code(
      [
        'createdb aperture_restored',
        'psql -d aperture_restored -c "CREATE EXTENSION vector; CREATE EXTENSION pgcrypto; CREATE EXTENSION pg_trgm"',
        `pg_restore --no-owner --no-acl -d aperture_restored ${dump}`,
      ].join('\n'),
    ),
    heading(say(text('kit.where'))),
    ...settings.destinations.map((destination) => paragraph(`${destination.name}: ${placeOf(destination)}`)),
    heading(say(text('kit.which', { date: now.toISOString().slice(0, 10) }))),
    code(rows.join('\n')),
  ];
  const style =
    'body{font:12pt/1.4 serif;max-width:45em;margin:2em auto}pre{font:11pt monospace;white-space:pre-wrap;word-break:break-all;border:1px solid;padding:.6em}';
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(say(text('kit.title', { name })))}</title><style>${style}</style></head><body>\n${body.join('\n')}\n</body></html>\n`;
}

/** For people. */
export function placeOf(destination: DestinationSettings): string {
  switch (destination.kind) {
    case 'folder':
      return destination.path;
    case 'ssh':
      return `ssh:${destination.sshHostId}:${destination.path}`;
    case 's3':
      return `${destination.endpoint}/${destination.bucket}/${destination.prefix}`;
  }
}

const escaped = (words: string) =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const heading = (words: string) => `<h2>${escaped(words)}</h2>`;
const paragraph = (words: string) => `<p>${escaped(words)}</p>`;
const code = (words: string) => `<pre>${escaped(words)}</pre>`;
