import { describe, expect, it } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import { judge, type PreflightFacts } from '../../../main/services/restores/preflight.ts';

const target: PreflightFacts['target'] = {
  server: { version: '17.5', major: 17 },
  role: { user: 'app', superuser: false, createdb: true, owner: true },
  database: { name: 'films', oid: 1, bytes: 1e9, encoding: 'UTF8', collate: 'C', collationChanged: false },
  extensions: [{ name: 'vector', version: '0.8.0', mayCreate: true }],
  template: [],
  maintenance: 'postgres',
  sessions: [],
  pooled: false,
  freeBytes: 10e9,
};
const manifest = {
  instance: { id: 'one', name: 'Home' },
  server: { version: '17.5', major: 17 },
  database: { name: 'films', bytes: 1e9, encoding: 'UTF8' },
  ledger: ['0001', '0002'],
  extensions: [{ name: 'vector', version: '0.8.0' }],
} as unknown as NonNullable<PreflightFacts['archive']['manifest']>;
const facts: PreflightFacts = {
  archive: {
    name: 'films.dump',
    format: 'custom',
    manifest,
    contents: { tables: [], extensions: ['vector'], toolVersion: '17.5' },
    entries: [],
    toolMajor: 17,
    serverMajor: 17,
    proven: true,
  },
  instance: { id: 'one', name: 'Home' },
  target,
  server: { migrations: ['0001', '0002'] },
  tool: {
    usable: { version: '17.5', major: 17, place: 'here' } as PreflightFacts['tool']['usable'] & object,
    found: [],
  },
  ledgerNow: ['0001', '0002'],
  neededBytes: 1.3e9,
  platform: 'linux',
};
const verdict = (id: string, more: Partial<PreflightFacts>) =>
  judge({ ...facts, ...more }).find((one) => one.id === id);
const on = (more: Partial<PreflightFacts['target']>) => ({ target: { ...target, ...more } });

describe('whether a restore is possible', () => {
  it('says nothing against one where everything is in order, and every statement can be said', () => {
    const all = judge(facts);
    expect(all.filter(({ status }) => status !== 'pass')).toEqual([]);
    for (const { title, evidence } of all) expect(say(title) + say(evidence)).not.toContain('…');
  });

  it.each([
    ['rights', on({ role: { ...target.role, createdb: false } }), 'fail'],
    ['rights', on({ role: { ...target.role, owner: false } }), 'fail'],
    ['space', on({ freeBytes: 1e9 }), 'fail'],
    ['maintenance', { target: (({ maintenance: _, ...rest }) => rest)(target) }, 'fail'],
    ['pooler', on({ pooled: true }), 'fail'],
    ['extensions', on({ extensions: [] }), 'fail'],
    ['extensions', on({ extensions: [{ name: 'vector', version: '0.8.0', mayCreate: false }] }), 'fail'],
    [
      'extensions',
      on({ extensions: [{ name: 'vector', version: '0.8.0', mayCreate: false }], template: ['vector'] }),
      'pass',
    ],
    ['extensions', on({ extensions: [{ name: 'vector', version: '0.7.4', mayCreate: true }] }), 'warn'],
    ['server-major', on({ server: { version: '15.1', major: 15 } }), 'warn'],
    ['encoding', on({ database: { ...target.database, encoding: 'LATIN1' } }), 'warn'],
    ['tool', { tool: { found: [] } }, 'fail'],
    ['instance', { instance: { id: 'two', name: 'Other' } }, 'warn'],
    ['ledger', { server: { migrations: ['0001', '0002', '0003'] } }, 'warn'],
    ['ledger', { server: { migrations: ['0001'] } }, 'warn'],
  ] as [string, Partial<PreflightFacts>, string][])('%s', (id, more, status) => {
    const found = verdict(id, more);
    expect(found?.status).toBe(status);
    expect(say(found?.evidence ?? { key: 'restore.health.empty' })).not.toContain('…');
  });
});
