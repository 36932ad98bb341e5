import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSql } from '../../../main/services/restores/plainSql.ts';

async function through(sql: Buffer, cuts: readonly number[]): Promise<string> {
  const parts = async function* () {
    let from = 0;
    for (const at of [...cuts, sql.length]) {
      yield sql.subarray(from, at);
      from = at;
    }
    await Promise.resolve();
  };
  const out: Buffer[] = [];
  for await (const part of plainSql('KEY')(parts())) out.push(part);
  return Buffer.concat(out).toString('latin1');
}

describe('SQL text for psql', () => {
  it('gets the app’s own frame in place of the dump’s, whatever it is cut into', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary-ascii', maxLength: 300 }).map((text) => text.replaceAll('\\', '/')),
        fc.integer({ min: 0, max: 40_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
        async (body, padding, where) => {
          const middle = `${body}${'x'.repeat(padding)}`;
          const sql = Buffer.from(
            `--\n\\restrict Own1\n\nSET statement_timeout = 0;\nSET transaction_timeout = 0;\n${middle}\n\\unrestrict Own1\n\n`,
            'latin1',
          );
          const cuts = where.map((share) => Math.floor(share * sql.length)).sort((a, b) => a - b);
          const said = await through(sql, cuts);
          expect(said.startsWith('\\restrict KEY\n--\n')).toBe(true);
          expect(said.trimEnd().endsWith('\\unrestrict KEY')).toBe(true);
          expect(said).not.toContain('Own1');
          expect(said).not.toContain('\nSET transaction_timeout');
          expect(said).toContain(middle);
        },
      ),
      { numRuns: 200 },
    );
  });
});
