import { text } from '../../contract/copy/text.ts';
import type { Check } from './check.ts';

/** As the texts know them: a selector of ICU has no hyphens. */
const words = {
  'encrypted-verified': 'verified',
  'encrypted-unverified': 'unverified',
  plain: 'plain',
  refused: 'refused',
} as const;

/** The app, PostgreSQL's tools and the server's driver judge the same certificate by different rules. */
export const tlsAgreement: Check = {
  id: 'tls-agreement',
  applicable: ({ tls, kind }) => kind !== 'practice' && tls !== undefined && tls.verdicts.length > 0,
  run({ tls }) {
    const verdicts = tls?.verdicts ?? [];
    const base = { title: text('check.tls-agreement.title'), why: text('check.tls-agreement.why') };
    const outcomeOf = (reader: string) => words[verdicts.find((each) => each.reader === reader)?.outcome ?? 'refused'];
    const values = { app: outcomeOf('app'), tools: outcomeOf('tools'), server: outcomeOf('server') };
    const refusing = verdicts.filter((each) => each.outcome === 'refused');
    if (refusing.length > 0) {
      const fixes = refusing.flatMap((each) => each.problem?.fixes ?? []);
      const readers = {
        ...values,
        refusing: refusing
          .map((each) => each.reader)
          .sort()
          .join('And'),
      };
      // Without the server's driver nothing works; without the tools there are no backups.
      const status = refusing.some((each) => each.reader !== 'tools') ? 'fail' : 'warn';
      return { ...base, status, evidence: text('check.tls-agreement.refused', readers), fixes };
    }
    const [first] = verdicts;
    if (verdicts.some((each) => each.outcome !== first?.outcome)) {
      return { ...base, status: 'warn', evidence: text('check.tls-agreement.different', values), fixes: [] };
    }
    return { ...base, status: 'pass', evidence: text('check.tls-agreement.same', { outcome: values.app }), fixes: [] };
  },
};
