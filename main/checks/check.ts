import type { CheckId, CheckResult } from '../../contract/check.ts';
import type { DatabaseAddress, ServerView, TlsReport } from '../../contract/connection.ts';
import type { ServerFacts } from './facts.ts';

/** What a check may look at. All of it was read before: checks ask nothing of the server. */
export type CheckContext = {
  facts: ServerFacts;
  server: ServerView;
  /** As the settings have it, which through a tunnel is not where the bytes go first. */
  address: DatabaseAddress;
  kind: 'external' | 'practice';
  /** From the latest connection report, when there is one. */
  tls?: TlsReport;
  /** Whether the password holds characters that a URL must encode; missing when the password is not known. */
  passwordNeedsEncoding?: boolean;
  now: Date;
};

/** One requirement. Pure: the same context gives the same result. */
export type Check = {
  id: CheckId;
  /** False when the question doesn't arise here; then there is no result at all. */
  applicable(context: CheckContext): boolean;
  run(context: CheckContext): Omit<CheckResult, 'id'>;
};
