import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { checks } from '../../../contract/copy/checks.ts';
import { fixes } from '../../../contract/copy/fixes.ts';

test.each(Object.entries({ ...checks, ...fixes }))('%s is a message that can be formatted', (_, message) => {
  expect(() => new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true })).not.toThrow();
  expect(message).not.toMatch(/!|Something went wrong/);
});
