import { describe, expect, test } from 'vitest';
import { applies, contextWith, factsWith, run, settings, snippets, table } from './known.ts';

describe('server-writable', () => {
  test('a primary, a standby, read-only by default', () => {
    expect(run('server-writable', contextWith()).status).toBe('pass');
    expect(run('server-writable', contextWith({ server: { inRecovery: true } }))).toMatchObject({
      status: 'fail',
      said: 'db.lan is a standby: it follows another server and accepts no changes.',
    });
    const readOnly = run(
      'server-writable',
      contextWith({ settings: settings({ default_transaction_read_only: 'on' }) }),
    );
    expect(readOnly).toMatchObject({ status: 'fail', fixes: [{ kind: 'run', id: 'set-read-write', as: 'app' }] });
    expect(snippets(readOnly)).toBe(
      'BEGIN READ WRITE;\nALTER ROLE "aperture" IN DATABASE "aperture" SET default_transaction_read_only = off;\nCOMMIT;',
    );
  });

  test('set by the connection itself, no stored default helps', () => {
    const own = settings({ default_transaction_read_only: 'on' }).map((each) => ({ ...each, source: 'client' }));
    expect(run('server-writable', contextWith({ settings: own })).fixes).toEqual([]);
  });
});

describe('pooler', () => {
  const at = (host: string, port: number, more: { loginPid?: number } = {}) =>
    run('pooler', contextWith({}, { address: { host, port }, ...more }));

  test('none, one by its name, one by its answers', () => {
    expect(at('db.lan', 5432, { loginPid: 4711 })).toMatchObject({ status: 'pass', fixes: [] });
    expect(at('aws-0-eu-west-1.pooler.supabase.com', 6543)).toMatchObject({
      status: 'warn',
      fixes: [{ id: 'use-session-pooler' }, { id: 'use-direct-address' }],
    });
    expect(at('ep-cool-1-pooler.eu-central-1.aws.neon.tech', 5432).said).toContain('PgBouncer (Neon) answers at');
    expect(at('db.lan', 6432, { loginPid: 99 }).said).toContain('PgBouncer answers at db.lan:6432');
    expect(at('db.lan', 5432, { loginPid: 99 }).said).toContain('A pooler answers at db.lan:5432');
    expect(at('db.lan', 5432, { loginPid: -1_234_567 }).said).toContain('PgBouncer answers');
  });

  test('a session that changes between transactions', () => {
    const result = run('pooler', contextWith({ sessionChanged: true }));
    expect(result).toMatchObject({ status: 'warn', fixes: [{ id: 'use-direct-address' }] });
    expect(result.said).toContain('changes the session with each transaction');
    expect(applies('pooler', contextWith({}, { kind: 'practice' }))).toBe(false);
  });
});

describe('encoding and collation', () => {
  test('encoding', () => {
    expect(run('encoding', contextWith()).status).toBe('pass');
    const latin = run('encoding', contextWith({ database: { encoding: 'SQL_ASCII' } }));
    expect(latin.status).toBe('fail');
    expect(snippets(latin)).toContain(`CREATE DATABASE "aperture_utf8" OWNER "aperture"`);
  });

  test('collation', () => {
    expect(run('collation', contextWith()).said).toBe(
      'en_US.utf8, version 2.41, the same as when the database was made.',
    );
    expect(run('collation', contextWith({ collation: null })).status).toBe('skipped');
    expect(run('collation', contextWith({ collation: { recorded: null, actual: null } })).status).toBe('pass');
    const changed = run('collation', contextWith({ collation: { recorded: '2.31', actual: '2.36' } }));
    expect(changed).toMatchObject({
      status: 'warn',
      said: 'en_US.utf8: made with version 2.31, the system now has 2.36. Indexes on text may be out of order.',
    });
    expect(snippets(changed)).toBe(
      'REINDEX DATABASE "aperture";\nALTER DATABASE "aperture" REFRESH COLLATION VERSION;',
    );
    const others = contextWith({ collation: { recorded: '1', actual: '2' }, database: { owned: false } });
    expect(run('collation', others).fixes).toMatchObject([{ as: 'administrator' }, { kind: 'paste' }]);
  });
});

describe('database-dedicated', () => {
  const holding = (names: string[], more: Parameters<typeof contextWith>[0] = {}) =>
    run(
      'database-dedicated',
      contextWith({
        relations: { count: names.length, listed: names.map((name) => table(name)), largest: [] },
        ...more,
      }),
    );
  const ledgerPlace = { schema: 'public', owner: 'aperture', readable: true };

  test('empty, not told', () => {
    expect(holding([])).toMatchObject({ status: 'pass', said: 'aperture holds no tables yet.' });
    expect(run('database-dedicated', contextWith({ relations: null })).status).toBe('skipped');
  });

  test('somebody else’s tables', () => {
    expect(holding(['orders'])).toMatchObject({
      status: 'warn',
      said: '1 table that is not Aperture’s in aperture: public.orders.',
    });
    expect(holding(['a', 'b', 'c', 'd', 'e']).said).toBe(
      '5 tables that are not Aperture’s in aperture: public.a, public.b, public.c and more.',
    );
  });

  test('names that the first migration needs', () => {
    const clash = holding(['users', 'embeddings_1536', 'orders']);
    expect(clash.status).toBe('fail');
    expect(clash.said).toContain('2 tables have names that Aperture needs in aperture, and are not its own');
    expect(snippets(clash)).toContain('CREATE DATABASE "aperture_app"');
    expect(holding(['movies']).said).toContain(
      '1 table has a name that Aperture needs in aperture, and is not its own',
    );
  });

  test('Aperture’s own, with its ledger', () => {
    const own = holding(['users', 'movies', 'whatever_0115_adds'], {
      ledgerPlace,
      ledger: { applied: 114, last: '0114' },
    });
    expect(own).toMatchObject({
      status: 'pass',
      said: 'aperture holds Aperture’s tables only; 114 migrations applied.',
    });
    const listed = [table('users'), table('orders', { schema: 'shop' }), table('notes', { owner: 'somebody' })];
    const beside = run(
      'database-dedicated',
      contextWith({ ledgerPlace, relations: { count: 3, listed, largest: [] } }),
    );
    expect(beside.said).toContain('shop.orders, public.notes');
    const provided = [table('buckets', { schema: 'storage' }), table('log', { schema: 'companion' })];
    const managed = contextWith({ relations: { count: 2, listed: provided, largest: [] } });
    expect(run('database-dedicated', managed).status).toBe('pass');
  });
});

describe('rights', () => {
  test('database-owner', () => {
    expect(run('database-owner', contextWith()).said).toBe('aperture owns aperture.');
    const database = (changes: object) => ({ ...factsWith().database, owner: 'admin', owned: false, ...changes });
    expect(run('database-owner', contextWith({ database: database({ owned: true }) })).status).toBe('pass');
    expect(run('database-owner', contextWith({ database: database({}), role: { superuser: true } })).status).toBe(
      'pass',
    );
    const other = run('database-owner', contextWith({ database: database({}) }));
    expect(other).toMatchObject({ status: 'warn', said: 'aperture belongs to admin, not to aperture.' });
    expect(snippets(other)).toContain('ALTER DATABASE "aperture" OWNER TO "aperture";');
  });

  test('create-on-database', () => {
    expect(run('create-on-database', contextWith()).status).toBe('pass');
    const database = { mayCreate: false, owned: false };
    expect(run('create-on-database', contextWith({ database })).status).toBe('warn');
    const missing = run('create-on-database', contextWith({ database, installed: [] }));
    expect(missing).toMatchObject({ status: 'fail', fixes: [{ as: 'administrator' }, { kind: 'paste' }] });
    const revoked = run('create-on-database', contextWith({ database: { mayCreate: false }, installed: [] }));
    expect(revoked.fixes).toMatchObject([{ as: 'app' }]);
  });

  test('create-on-schema', () => {
    expect(run('create-on-schema', contextWith()).status).toBe('pass');
    const publicSchema = { mayCreate: false, owner: 'postgres' };
    const missing = run('create-on-schema', contextWith({ publicSchema }));
    expect(missing).toMatchObject({
      status: 'fail',
      said: 'aperture may not create tables in schema public of aperture, which belongs to postgres.',
      fixes: [{ as: 'administrator' }, { kind: 'paste' }],
    });
    expect(run('create-on-schema', contextWith({ publicSchema: { mayCreate: false } })).fixes).toMatchObject([
      { as: 'app' },
    ]);
    const none = run(
      'create-on-schema',
      contextWith({ publicSchema: { exists: false, owner: null, mayCreate: false } }),
    );
    expect(none).toMatchObject({ status: 'fail', said: 'aperture has no schema public.' });
  });

  test('names with quotes stay names', () => {
    const odd = contextWith({ server: { user: 'a"b', database: "it's" }, publicSchema: { mayCreate: false } });
    expect(snippets(run('create-on-schema', odd))).toBe('GRANT USAGE, CREATE ON SCHEMA public TO "a""b";');
  });
});

describe('search-path', () => {
  const path = (creationSchema: string | null, ledger?: string) =>
    run(
      'search-path',
      contextWith({
        schemas: { creationSchema, searchPath: 'x, y' },
        ...(ledger === undefined ? {} : { ledgerPlace: { schema: ledger, owner: 'aperture', readable: true } }),
      }),
    );

  test('public, elsewhere, nowhere, and where the tables already are', () => {
    expect(path('public').status).toBe('pass');
    expect(path('private')).toMatchObject({ status: 'warn', fixes: [{ id: 'set-search-path', as: 'app' }] });
    expect(path(null)).toMatchObject({
      status: 'fail',
      said: 'No schema of the search path exists (x, y): tables cannot be created.',
    });
    expect(path('media', 'media').status).toBe('pass');
    expect(path('public', 'media')).toMatchObject({ status: 'fail', fixes: [] });
    expect(path('private', 'public')).toMatchObject({ status: 'fail', fixes: [{ id: 'set-search-path' }] });
  });
});
