import { text } from '../../contract/copy/text.ts';
import { quoteIdentifier } from '../sql/quoting.ts';
import type { Check } from './check.ts';
import { sqlToPaste } from './remedies.ts';

/** The server's own backup passes the password on as it stands in the URL, without decoding it: the dump is then empty. */
export const passwordBackup: Check = {
  id: 'password-backup',
  applicable: ({ kind, passwordNeedsEncoding }) => kind !== 'practice' && passwordNeedsEncoding !== undefined,
  run(context) {
    const base = { title: text('check.password-backup.title'), why: text('check.password-backup.why') };
    if (context.passwordNeedsEncoding !== true) {
      return { ...base, status: 'pass', evidence: text('check.password-backup.good'), fixes: [] };
    }
    const role = context.facts.server.user;
    const change = sqlToPaste(
      text('fix.change-password.title'),
      `\\password ${quoteIdentifier(role)}`,
      context,
      text('fix.change-password.why', { role }),
    );
    return {
      ...base,
      status: 'warn',
      evidence: text('check.password-backup.encoded'),
      fixes: [change, { kind: 'setting', id: 'enter-password', title: text('fix.enter-password.title') }],
    };
  },
};
