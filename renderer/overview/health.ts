import type { CheckReport } from '../../contract/check.ts';
import { type Text, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { sumLine } from '../checks/checkSum.ts';
import type { Tone } from '../components/StatusMark.tsx';
import type { ServerLine } from '../server/serverLine.ts';

/** The first line of Overview: is it all right, and what to do if not. */
export type Health = {
  tone: Tone;
  line: Text;
  more: Text;
  action?: 'continue-setup' | 'see-checks' | 'see-connection' | 'see-server' | 'run-checks';
};

/** What the instance is like, as far as it is known. An unfinished set-up comes first, then a connection that failed, a server that needs a hand, then the checks. */
export function health(
  instance: InstanceView,
  known: {
    report?: CheckReport;
    connectionFailed: boolean;
    checksFailed: boolean;
    /** As it was seen a moment ago; missing where there is none, or nobody looked. */
    server?: ServerLine;
    busy: boolean;
    loaded: boolean;
  },
): Health {
  if (instance.setup !== undefined) {
    return {
      tone: 'info',
      line: text('screen.overview.unfinished'),
      more: text('screen.overview.unfinished-more'),
      action: 'continue-setup',
    };
  }
  if (known.connectionFailed || known.checksFailed) {
    return {
      tone: 'bad',
      line: text('screen.overview.unreachable'),
      more: text('screen.overview.unreachable-more'),
      action: 'see-connection',
    };
  }
  if (known.server?.tone === 'bad') {
    return {
      tone: 'bad',
      line: known.server.title,
      more: known.server.more ?? text('screen.overview.server-more'),
      action: 'see-server',
    };
  }
  if (known.report === undefined) {
    return known.busy || !known.loaded
      ? { tone: 'busy', line: text('screen.overview.checking'), more: text('screen.overview.checking-more') }
      : {
          tone: 'quiet',
          line: text('screen.overview.unknown'),
          more: text('screen.overview.unknown-more'),
          action: 'run-checks',
        };
  }
  const sum = sumLine(known.report.results);
  switch (sum.tone) {
    case 'ok':
      return { tone: 'ok', line: text('screen.overview.all-good'), more: text('screen.overview.all-good-more') };
    case 'warn':
      return { tone: 'warn', line: sum.line, more: text('screen.overview.warnings-more'), action: 'see-checks' };
    case 'bad':
      return { tone: 'bad', line: sum.line, more: text('screen.overview.not-ready-more'), action: 'see-checks' };
  }
}
