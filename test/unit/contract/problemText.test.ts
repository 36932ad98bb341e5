import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../contract/copy/catalogue.ts';
import { problemText } from '../../../contract/copy/problemText.ts';
import { problemCodes } from '../../../contract/problem.ts';

describe('the text of problems', () => {
  test.each(problemCodes)('%s says what happened, why, and what to do', (code) => {
    for (const part of ['title', 'cause', 'next'] as const) {
      expect(Object.keys(catalogue)).toContain(`problem.${code}.${part}`);
    }
    const { title, cause, next } = problemText({ code, values: {} });
    expect(title).toMatch(/^[\p{Lu}…\d]|^pg_hba/u);
    expect(title).not.toMatch(/[.!]$/);
    expect(cause).not.toBe('');
    // A command at the end stays without a full stop, so that it can be copied.
    expect(next).not.toBe('');
    expect(`${title}${cause}${next}`).not.toContain('!');
  });

  test('no text belongs to a code that does not exist', () => {
    const codes = new Set<string>(problemCodes);
    const strays = Object.keys(catalogue).filter((key) => {
      const code = /^problem\.(.+)\.(title|cause|next)$/.exec(key)?.[1];
      return code !== undefined && !codes.has(code);
    });
    expect(strays).toEqual([]);
  });

  test('values are filled in, ports without thousands separators', () => {
    const { title } = problemText({
      code: 'connection-refused',
      values: { host: 'db.lan', port: 5432, user: 'a', database: 'b' },
    });
    expect(title).toBe('Nothing listens on db.lan, port 5432');
  });
});
