import { text } from '../../contract/copy/text.ts';
import type { Check } from './check.ts';
import { runnable } from './remedies.ts';

/** Neither a standby nor read-only by default: migrations and the server itself write. */
export const serverWritable: Check = {
  id: 'server-writable',
  applicable: () => true,
  run(context) {
    const { facts, address } = context;
    const base = { title: text('check.server-writable.title'), why: text('check.server-writable.why') };
    if (facts.server.inRecovery) {
      const fixes = [
        {
          kind: 'portal' as const,
          title: text('fix.use-primary.title'),
          steps: [text('fix.use-primary.step', { host: address.host })],
        },
      ];
      return {
        ...base,
        status: 'fail',
        evidence: text('check.server-writable.standby', { host: address.host }),
        fixes,
      };
    }
    const setting = facts.settings.find((each) => each.name === 'default_transaction_read_only');
    if (setting?.value === 'on') {
      return {
        ...base,
        status: 'fail',
        evidence: text('check.server-writable.read-only', { source: setting.source }),
        // A parameter of the connection's own wins over every stored default.
        fixes: setting.source === 'client' ? [] : runnable('set-read-write', text('fix.set-read-write.title'), context),
      };
    }
    return { ...base, status: 'pass', evidence: text('check.server-writable.good'), fixes: [] };
  },
};
