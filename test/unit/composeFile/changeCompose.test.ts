import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { say } from '../../../contract/copy/text.ts';
import { changeCompose } from '../../../main/services/composeFile/changeCompose.ts';
import type { ServiceChange } from '../../../main/services/composeFile/locate.ts';

const handEdited = `# my NAS, don't touch!!
version: "3.8"   # old habit
x-logging: &logging
  driver: json-file
  options: {max-size: "10m"}

services:
    aperture:   # the films
        image: ghcr.io/dgruhin-hrizn/aperture:0.7.7 # pinned by me
        container_name: "aperture"
        logging: *logging
        ports: ['3456:3456', "127.0.0.1:9999:9999/udp"]
        environment:
            - TZ=Europe/Berlin # home
            - 'APP_BASE_URL=http://nas.lan:3456'
            - OPENAI_API_KEY=\${KEY}
        volumes:
            - /mnt/user/appdata/aperture/libs:/aperture-libraries
            -   "/mnt/user/backups:/backups:rw"   # raid

    plex: {image: plexinc/pms-docker, environment: {TZ: Europe/Berlin}}
# the end`;

function changed(content: string, ...changes: ServiceChange[]): string {
  const edited = changeCompose(content, changes);
  if (edited.kind === 'by-hand') throw new Error(say(edited.reason));
  return edited.text;
}

describe('a hand-edited file', () => {
  test('stays as it is but for the changed values', () => {
    const done = changed(
      handEdited,
      { at: 'image', value: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8' },
      { at: 'container_name', value: 'films' },
      { at: 'port', container: 3456, host: 8080, address: '192.168.1.5' },
      { at: 'environment', name: 'TZ', value: 'America/New_York' },
      { at: 'environment', name: 'APP_BASE_URL', value: "http://it's:8080" },
      { at: 'volume', target: '/backups', source: '/mnt/$pool' },
    );
    expect(done).toBe(
      handEdited
        .replace('aperture:0.7.7', 'aperture:0.7.8')
        .replace('"aperture"', '"films"')
        .replace("'3456:3456'", "'192.168.1.5:8080:3456'")
        .replace('TZ=Europe/Berlin # home', "'TZ=America/New_York' # home")
        .replace("'APP_BASE_URL=http://nas.lan:3456'", "'APP_BASE_URL=http://it''s:8080'")
        .replace('"/mnt/user/backups:/backups:rw"', () => '"/mnt/$$pool:/backups:rw"'),
    );
  });

  test('nothing to change changes nothing', () => {
    expect(changed(handEdited, { at: 'environment', name: 'TZ', value: 'Europe/Berlin' })).toBe(handEdited);
  });

  test('what is missing is added where its like is', () => {
    const more = changed(handEdited, { at: 'environment', name: 'RUN_MIGRATIONS_ON_START', value: 'true' });
    expect(more).toBe(
      handEdited.replace(
        '- OPENAI_API_KEY=${KEY}\n',
        "- OPENAI_API_KEY=${KEY}\n            - 'RUN_MIGRATIONS_ON_START=true'\n",
      ),
    );
    const media = changed(handEdited, { at: 'volume', target: '/media', source: '/mnt/media' });
    expect(media).toBe(handEdited.replace('# raid\n', "# raid\n            -   '/mnt/media:/media'\n"));
  });

  test('Windows line ends and a byte order mark stay', () => {
    const windows = `\uFEFF${handEdited.replaceAll('\n', '\r\n')}`;
    const done = changed(windows, { at: 'container_name', value: 'x' }, { at: 'environment', name: 'N', value: '1' });
    expect(done).toContain("- OPENAI_API_KEY=${KEY}\r\n            - 'N=1'\r\n");
    expect(done.replace('"x"', '"aperture"').replace("            - 'N=1'\r\n", '')).toBe(windows);
  });
});

describe('what cannot be changed safely is not changed, and it is said why', () => {
  const shared = `x-env: &env
  TZ: Europe/Berlin
services:
  aperture:
    image: &image aperture:1
    environment:
      <<: *env
      PORT: '3456'
  other:
    image: *image
    environment: *env
`;
  test.each<[string, string, ServiceChange, RegExp]>([
    ['an anchor that another service uses', shared, { at: 'image', value: 'aperture:2' }, /something else/],
    [
      'a list that is another service’s too',
      'x: &e\n  A: 1\nservices:\n  a:\n    image: aperture\n    environment: *e\n',
      { at: 'environment', name: 'A', value: '2' },
      /anchor or a merge/,
    ],
    [
      'a variable',
      'services: {a: {image: "aperture:${TAG}"}}',
      { at: 'image', value: 'aperture:2' },
      /\$\{TAG\}.*kept elsewhere/,
    ],
    [
      'two servers',
      'services: {a: {image: aperture}, b: {image: x/aperture:1}}',
      { at: 'user', value: '1' },
      /no service/,
    ],
    ['no YAML', 'services: [', { at: 'user', value: 'root' }, /not YAML/],
    [
      'a key that is there twice',
      'services: {a: {image: aperture, image: aperture}}',
      { at: 'user', value: '1' },
      /not YAML/,
    ],
    ['two documents', 'services: {a: {image: aperture}}\n---\na: 1\n', { at: 'user', value: '1' }, /not YAML/],
    [
      'nothing to add to',
      'services: {a: {image: aperture}}',
      { at: 'environment', name: 'A', value: '1' },
      /not there/,
    ],
    [
      'a value of several lines',
      'services:\n  a:\n    image: >-\n      aperture:1\n',
      { at: 'image', value: 'aperture:2' },
      /cannot be changed in place/,
    ],
  ])('%s', (_, content, change, why) => {
    const edited = changeCompose(content, [change]);
    if (edited.kind !== 'by-hand') throw new Error(edited.text);
    expect(say(edited.reason)).toMatch(why);
  });

  test('a merge is overridden', () => {
    expect(changed(shared, { at: 'environment', name: 'TZ', value: 'UTC' })).toBe(
      shared.replace("PORT: '3456'\n", "PORT: '3456'\n      TZ: 'UTC'\n"),
    );
  });

  test('with the change to make by hand', () => {
    const edited = changeCompose(shared, [{ at: 'image', value: 'aperture:2' }]);
    if (edited.kind !== 'by-hand') throw new Error(edited.text);
    expect(edited.diff).toContain('-    image: aperture:1\n');
    expect(edited.diff).toContain('+    image: aperture:2\n');
  });
});

const plainWord = fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/);
const quotings = [
  { plain: true, write: (value: string) => value },
  { plain: false, write: (value: string) => `'${value}'` },
  { plain: false, write: (value: string) => `"${value}"` },
] as const;
const comment = fc.oneof(
  fc.constant(''),
  fc.string({ unit: fc.constantFrom(...'abc #:\'"{}[]&*!|>%@`$\\é🔑'), maxLength: 20 }).map((words) => ` # ${words}`),
);
/** Lines that somebody may have put between the services' own. */
const noise = (indent: string) =>
  fc
    .array(
      fc.oneof(
        fc.constant(''),
        fc.constant('   '),
        comment.map((words) => `${indent}${words.trimStart() || '#'}`),
      ),
      { maxLength: 3 },
    )
    .map((lines) => lines.map((line) => `${line}\n`).join(''));
const extraService = fc
  .tuple(
    plainWord,
    comment,
    fc.constantFrom('{image: redis, environment: {TZ: UTC}}', '\n    image: "redis:7"\n    labels:\n      - a=b'),
  )
  .map(([name, words, body]) =>
    body.startsWith('\n') ? `  x${name}:${words}${body}\n` : `  x${name}: ${body}${words}\n`,
  );
const edits = fc.record({
  head: noise(''),
  between: noise('    '),
  inside: noise('      '),
  before: fc.array(extraService, { maxLength: 2 }),
  after: fc.array(extraService, { maxLength: 2 }),
  quoting: fc.constantFrom(...quotings),
  trailing: comment,
  asList: fc.boolean(),
  order: fc.boolean(),
  crlf: fc.boolean(),
  anchor: fc.boolean(),
});

property.prop([edits, plainWord, plainWord], { numRuns: 400 })(
  'any hand edits around the values survive byte for byte',
  (edit, from, to) => {
    fc.pre(
      !/^(?:true|false|yes|no|on|off|y|n|null)$/.test(from) && !/^(?:true|false|yes|no|on|off|y|n|null)$/.test(to),
    );
    const compose = (zone: string, image: string) => {
      const { write } = edit.quoting;
      const imageLine = `    image: ${write(`host/aperture:${image}`)}${edit.trailing}\n`;
      const environment = edit.asList
        ? `    environment:\n${edit.inside}      - PORT=1\n      - ${write(`TZ=${zone}`)}${edit.trailing}\n${edit.inside}`
        : `    environment:\n${edit.inside}      PORT: 1\n      TZ: ${write(zone)}${edit.trailing}\n${edit.inside}`;
      const parts = edit.order ? [imageLine, environment] : [environment, imageLine];
      const anchor = edit.anchor ? 'x-log: &log {driver: local}\n' : '';
      const logging = edit.anchor ? '    logging: *log\n' : '';
      const text = `${edit.head}${anchor}services:\n${edit.before.join('')}  server:\n${parts.join(edit.between)}${logging}${edit.after.join('')}`;
      return edit.crlf ? text.replaceAll('\n', '\r\n') : text;
    };
    const original = compose(from, from);
    try {
      parse(original);
    } catch {
      fc.pre(false);
    }
    const edited = changeCompose(
      original,
      [
        { at: 'environment', name: 'TZ', value: to },
        { at: 'image', value: `host/aperture:${to}` },
      ],
      'server',
    );
    if (edited.kind === 'by-hand') throw new Error(say(edited.reason));
    // A plain item of a list with an equals sign is put in quotes when it is written anew.
    const expected =
      edit.quoting.plain && edit.asList && from !== to
        ? compose(to, to).replace(`- TZ=${to}`, `- 'TZ=${to}'`)
        : compose(to, to);
    expect(edited.text).toBe(expected);
  },
);
