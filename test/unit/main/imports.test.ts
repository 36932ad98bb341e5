import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test, vi } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { createImports } from '../../../main/services/imports.ts';

// Thousands of generated cases on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** A folder in memory, and a clock that only moves when told. */
function setUp(files: Record<string, string | Uint8Array> = {}) {
  let time = 0;
  let ids = 0;
  const imports = createImports({
    now: () => time,
    newId: () => `candidate-${++ids}`,
    async readFile(path) {
      const content = files[path];
      if (content === undefined) throw new ProblemError('file-unreadable', { path });
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  });
  const seen = async (text: string, name: string) => describeAll(imports, await imports.fromText(text, name));
  const seenFile = async (path: string) =>
    describeAll(imports, await imports.fromFile(path, new AbortController().signal));
  return {
    imports,
    seen,
    seenFile,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

function describeAll(
  imports: ReturnType<typeof createImports>,
  candidates: Awaited<ReturnType<typeof imports.fromText>>,
): string[] {
  return candidates.map(({ id, source, settings }) => {
    const { password } = imports.take(id);
    const { host, port } = settings.hosts[0] ?? { host: '', port: 0 };
    return `${source} = ${settings.user}:${password ?? '-'}@${host}:${port}/${settings.database}`;
  });
}

describe('compose files', () => {
  test('an environment list, a map, and the built-in database', async () => {
    const compose = `
services:
  aperture:
    image: ghcr.io/dgruhin-hrizn/aperture:latest
    environment:
      - DATABASE_URL=postgresql://app:p%40ss@db:5432/aperture
      - TZ=Europe/Berlin
  other:
    image: example/other
    environment:
      DATABASE_URL: 'postgres://o:secret@192.168.1.5:5433/other'
  db:
    image: pgvector/pgvector:pg16
    container_name: aperture-db
    ports: ["127.0.0.1:5433:5432"]
    environment: { POSTGRES_USER: app, POSTGRES_PASSWORD: 0123, POSTGRES_DB: aperture }
`;
    const { seen, imports } = setUp();
    expect(await seen(compose, 'docker-compose.yml')).toEqual([
      'services.aperture.environment.DATABASE_URL = app:p@ss@db:5432/aperture',
      'services.other.environment.DATABASE_URL = o:secret@192.168.1.5:5433/other',
      'services.db = app:0123@localhost:5433/aperture',
    ]);
    const [first] = await imports.fromText(compose, 'compose.yaml');
    expect(first?.notes.map(say).join()).toContain('port 5433');
  });

  test('interpolation with the .env beside it and an env_file', async () => {
    const { seenFile } = setUp({
      '/stack/.env': 'DB_PASS="a#b $c"\nDB_NAME=media\n',
      '/stack/app.env': 'POSTGRES_HOST=nas.lan\nPOSTGRES_USER=u\nPOSTGRES_PASSWORD=from-file\n',
      '/stack/compose.yml': `
x-common: &common
  environment: &environment
    POSTGRES_PASSWORD: \${DB_PASS:?needed}
    POSTGRES_USER: \${DB_USER:-\${DB_NAME}}
services:
  db:
    image: postgres:17
    environment:
      <<: *environment
      POSTGRES_DB: $DB_NAME
  app:
    image: x
    env_file: [./app.env, ../outside.env]
  cost:
    image: y
    environment: [ "DATABASE_URL=postgres://u:a$$b@h/d" ]
`,
    });
    expect(await seenFile('/stack/compose.yml')).toEqual([
      'services.db = media:a#b $c@db:5432/media',
      'services.app.environment.POSTGRES_HOST, POSTGRES_USER, POSTGRES_PASSWORD = u:from-file@nas.lan:5432/u',
      'services.cost.environment.DATABASE_URL = u:a$b@h:5432/d',
    ]);
  });

  test('a variable that is set nowhere is named', async () => {
    const { imports } = setUp();
    const compose = `services:\n  app:\n    environment:\n      DATABASE_URL: postgres://u:\${NOWHERE}@h/d\n`;
    const [candidate] = await imports.fromText(compose, 'compose.yml');
    expect(candidate?.hasPassword).toBe(false);
    expect(candidate?.notes.map(say).join()).toContain('NOWHERE');
  });

  test('nothing of this process’s environment takes part', async () => {
    process.env.APERTURE_TEST_PASSWORD = 'from outside';
    try {
      const { seen } = setUp();
      const compose = `services:\n  app:\n    environment:\n      DATABASE_URL: postgres://u:\${APERTURE_TEST_PASSWORD-x}@h/d\n`;
      expect(await seen(compose, 'compose.yml')).toEqual(['services.app.environment.DATABASE_URL = u:x@h:5432/d']);
    } finally {
      delete process.env.APERTURE_TEST_PASSWORD;
    }
  });

  test('a file of aliases that multiply is given up', async () => {
    const levels = Array.from('bcdefghij', (letter, index) => {
      const before = 'abcdefghi'[index];
      return `${letter}: &${letter} [${`*${before},`.repeat(9)}]\n`;
    });
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join('')}services: *j\n`;
    await expect(setUp().seen(bomb, 'compose.yml')).rejects.toThrow('import-nothing-found');
  });
});

describe('.env', () => {
  test.each([
    ['DATABASE_URL="postgresql://u:p%23w@h:5433/d"', 'DATABASE_URL = u:p#w@h:5433/d'],
    ["export DATABASE_URL='postgres://u:p@h/d' # comment", 'DATABASE_URL = u:p@h:5432/d'],
    [
      'DB_HOST=h\r\nDB_USER=u\r\nDB_PASSWORD=p$w\r\nDB_NAME=d\r\n',
      'DB_HOST, DB_USER, DB_PASSWORD, DB_NAME = u:p$w@h:5432/d',
    ],
    ['PGHOST=h\nPGPASSWORD=p\nPGUSER=u', 'PGHOST, PGUSER, PGPASSWORD = u:p@h:5432/u'],
    [`P=secret\nAPP_DB_URL=postgres://u:\${P}@h/d`, 'APP_DB_URL = u:secret@h:5432/d'],
  ])('%s', async (content, expected) => {
    expect(await setUp().seen(content, '.env')).toEqual([expected]);
  });
});

describe('.pgpass', () => {
  test('escapes, wildcards, comments', async () => {
    const { seen, imports } = setUp();
    const content = '# mine\nh:5433:d:u:a\\:b\\\\c#\n\n*:*:*:u:p\n\\:\\:1:5432:d:u:x:ignored\nbroken:line\n';
    expect(await seen(content, '.pgpass')).toEqual([
      'line 2 = u:a:b\\c#@h:5433/d',
      'line 4 = u:p@localhost:5432/u',
      'line 5 = u:x@::1:5432/d',
    ]);
    const candidates = await imports.fromText(content, '.pgpass');
    expect(candidates[1]?.notes.map(say)).toEqual([
      'No host is given; localhost is taken.',
      'No database is given; the one with the user’s name is taken.',
    ]);
  });
});

describe('pg_service.conf', () => {
  test('values go to the end of the line', async () => {
    const content =
      '# c\n[nas]\nhost=nas.lan\nport=5433\nuser=u\npassword=a;b#c"\'=d  \nsslmode=verify-full\n\n[other]\nhost=o\nhost=second\n';
    const { seen, imports } = setUp();
    expect(await seen(content, 'pg_service.conf')).toEqual([
      '[nas] = u:a;b#c"\'=d@nas.lan:5433/u',
      '[other] = postgres:-@o:5432/postgres',
    ]);
    const [nas] = await imports.fromText(content, '.pg_service.conf');
    expect(nas?.suggestedName).toBe('nas');
    expect(nas?.settings.tls.mode).toBe('verify-full');
  });
});

describe('whatever the file is called', () => {
  const url = 'postgresql://ü:pä%24@h/d';
  test.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFFDATABASE_URL=${url}\r\n`)],
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFFDATABASE_URL=${url}\r\n`, 'utf16le')],
    ['UTF-16 without', Buffer.from(`DATABASE_URL=${url}\r\n`, 'utf16le')],
    ['Windows-1252', Buffer.from(`DATABASE_URL=${url}\r\n`, 'latin1')],
  ])('%s', async (_name, bytes) => {
    expect(await setUp({ '/x/settings.txt': bytes }).seenFile('/x/settings.txt')).toEqual([
      'DATABASE_URL = ü:pä$@h:5432/d',
    ]);
  });

  test('a connection string alone', async () => {
    expect(await setUp().seen('postgresql://u:p@h/d', 'clipboard')).toEqual(['line 1 = u:p@h:5432/d']);
    expect(await setUp().seen('host=h user=u password=p', 'clipboard')).toEqual(['line 1 = u:p@h:5432/u']);
  });

  test.each([
    '',
    'hello',
    'services: {}',
    '[section]\nkey=value\n',
    'A=1\nB=2',
    'see https://example.com/x?host=y',
    'DATABASE_URL=mysql://u:p@h/d',
  ])('nothing found in %j', async (content) => {
    await expect(setUp().seen(content, 'notes.txt')).rejects.toMatchObject({
      problem: { code: 'import-nothing-found', values: { name: 'notes.txt' } },
    });
  });

  test('a file over 1 MB', async () => {
    const { seenFile } = setUp({ '/big.env': new Uint8Array(1024 * 1024 + 1) });
    await expect(seenFile('/big.env')).rejects.toMatchObject({ problem: { code: 'invalid-input' } });
  });
});

describe('passwords', () => {
  test('are in no candidate, are taken once, and are forgotten after 15 minutes', async () => {
    const { imports, wait } = setUp();
    const read = () => imports.fromText('DATABASE_URL=postgres://u:hunter2hunter2@h/d', '.env');
    const [first] = await read();
    const [second] = await read();
    expect(JSON.stringify([first, second])).not.toContain('hunter2');
    expect(imports.take(first?.id ?? '').password).toBe('hunter2hunter2');
    expect(() => imports.take(first?.id ?? '')).toThrow(ProblemError);
    wait(15 * 60 * 1000);
    expect(() => imports.take(second?.id ?? '')).toThrow(ProblemError);
  });
});

const parts = fc.array(
  fc.constantFrom(
    'services:\n',
    '  db:\n',
    '    environment:\n',
    '      - ',
    'DATABASE_URL=',
    'postgres://u:p@h/d',
    '${',
    'X',
    ':-',
    '}',
    '$',
    '\n',
    '*a',
    '&a ',
    '[',
    ']',
    ':',
    '\\',
    '"',
    "'",
    '#',
    'h:1:d:u:p',
    '\0',
    '\uD800',
  ),
  { maxLength: 40 },
);
property.prop(
  [parts.map((some) => some.join('')), fc.constantFrom('compose.yml', '.env', '.pgpass', 'pg_service.conf', 'x')],
  { numRuns: 2000 },
)('any file gives candidates or says that there are none', async (content, name) => {
  try {
    const candidates = await setUp().imports.fromText(content, name);
    expect(candidates.length).toBeGreaterThan(0);
    for (const { notes } of candidates) for (const note of notes) expect(say(note)).not.toBe('');
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    expect(error.problem.code).toBe('import-nothing-found');
  }
});
