import type { CheckReport, CheckResult, CheckStatus, Verdict } from '../../contract/check.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import type { Fix, SettingFixId } from '../../contract/fix.ts';
import type { Problem } from '../../contract/problem.ts';
import { type Output, paint, wrap } from './output.ts';

type Look = Pick<Output, 'colour' | 'columns'>;

const styles = { pass: 'green', warn: 'yellow', fail: 'red', skipped: 'dim' } as const satisfies Record<
  CheckStatus,
  string
>;
const verdictStyles = { ready: 'green', 'ready-with-warnings': 'yellow', 'not-ready': 'red' } as const satisfies Record<
  Verdict,
  string
>;

/** Columns of the status in front of each check. */
const indent = 13;

/** Columns of text, so that it is readable in a wide window. */
const widthOf = (look: Look) => Math.max(40, Math.min(look.columns, 110));

/** "Not ready: 2 things to fix", as the window says it. */
function verdictText(verdict: Verdict, results: readonly Pick<CheckResult, 'status'>[]): string {
  const count = (status: CheckStatus) => results.filter((result) => result.status === status).length;
  switch (verdict) {
    case 'ready':
      return say(text('cli.verdict.ready'));
    case 'ready-with-warnings':
      return say(text('cli.verdict.ready-with-warnings', { count: count('warn') }));
    case 'not-ready':
      return say(text('cli.verdict.not-ready', { count: count('fail') }));
    default:
      return verdict satisfies never;
  }
}

/** The report as a readable table: a line each, evidence below, and how to fix what needs a hand. */
export function checkReportText(report: Pick<CheckReport, 'server' | 'verdict' | 'results'>, look: Look): string {
  const pad = ' '.repeat(indent);
  const width = widthOf(look) - indent;
  const lines: string[] = [];
  if (report.server !== undefined) {
    const { version, platform, database, user } = report.server;
    lines.push(`${paint(look, 'bold', `PostgreSQL ${version}`)}, ${platform} · ${database} · ${user}`, '');
  }
  for (const { status, title, evidence, why, fixes } of report.results) {
    const word = say(text(`cli.status.${status}`));
    lines.push(paint(look, styles[status], word.padEnd(indent)) + paint(look, 'bold', say(title)));
    lines.push(`${pad}${wrap(say(evidence), width, pad)}`);
    if (status !== 'fail' && status !== 'warn') continue;
    if (why !== undefined) lines.push(`${pad}${wrap(say(why), width, pad)}`);
    for (const fix of fixes) lines.push(...fixLines(fix, width, pad));
  }
  lines.push('', paint(look, verdictStyles[report.verdict], verdictText(report.verdict, report.results)));
  return lines.join('\n');
}

/** A problem in words: what, why, what to do, the other side's own words, and its fixes. */
export function problemLines(problem: Problem, look: Look): string {
  const words = problemText(problem);
  const width = widthOf(look);
  return [
    paint(look, 'red', words.title),
    wrap(words.cause, width),
    wrap(words.next, width),
    ...waysHere(problem).map((way) => wrap(way, width)),
    ...(problem.detail === undefined ? [] : [paint(look, 'dim', wrap(problem.detail, width))]),
    ...(problem.fixes ?? []).flatMap((fix) => fixLines(fix, width - 2, '')),
  ].join('\n');
}

/** A way to fix something, as indented lines. */
export function fixText(fix: Fix, look: Look): string {
  return fixLines(fix, widthOf(look) - 2, '').join('\n');
}

/** What to do, what to know before it is done, and the text to run or paste. */
function fixLines(fix: Fix, width: number, pad: string): string[] {
  const block = (snippet: string) => snippet.split('\n').map((line) => `${pad}    ${line}`);
  const prose = (words: string) => `${pad}  ${wrap(words, width - 2, `${pad}  `)}`;
  const title = `${pad}→ ${wrap(say(fix.title), width - 2, `${pad}  `)}`;
  const head = fix.why === undefined ? [title] : [title, prose(say(fix.why))];
  switch (fix.kind) {
    case 'run':
      return [...head, prose(say(text('cli.fix.run', { as: fix.as }))), ...block(fix.preview)];
    case 'paste':
      return [...head, prose(say(fix.where)), ...block(fix.snippet)];
    case 'portal':
      return [
        ...head,
        ...fix.steps.map((step, index) => `${pad}  ${index + 1}. ${wrap(say(step), width - 5, `${pad}     `)}`),
        ...(fix.link === undefined ? [] : [`${pad}  ${fix.link}`]),
      ];
    case 'network':
      return [...head, prose(say(text('reach.where.docker-host'))), ...block(fix.preview)];
    case 'setting': {
      const option = settingOptions[fix.id];
      return option === undefined ? head : [...head, `${pad}    ${option}`];
    }
    default:
      return fix satisfies never;
  }
}

/** How a setting is changed on the command line; undefined: in the connection string itself. */
const settingOptions: Record<SettingFixId, string | undefined> = {
  'use-tls-disable': '--tls disable',
  'use-tls-require': '--tls require',
  'use-tls-verify-full': '--tls verify-full',
  'trust-certificate': '--ca <file>',
  'use-direct-address': undefined,
  'use-session-pooler': undefined,
  'enter-password': '--password-stdin',
};

/** What else can be done about a problem on the command line. */
function waysHere(problem: Problem): string[] {
  switch (problem.code) {
    case 'ssh-host-key-unknown':
      return [say(text('cli.way.accept-host-key', { fingerprint: problem.values.fingerprint ?? '' }))];
    case 'tls-plain-needs-consent':
      return [say(text('cli.way.tls-disable'))];
    case 'password-required':
    case 'password-wrong':
    case 'password-empty':
      return [say(text('cli.way.password'))];
    case 'keychain-missing':
    case 'keychain-locked':
    case 'keychain-denied':
      return [say(text('cli.way.session'))];
    default:
      return [];
  }
}

/** A fix as plain data with its words said: for programs that read `--json`. */
export function plainFix(fix: Fix): Record<string, unknown> {
  const title = say(fix.title);
  const why = fix.why === undefined ? {} : { why: say(fix.why) };
  switch (fix.kind) {
    case 'run':
      return { kind: fix.kind, id: fix.id, title, as: fix.as, preview: fix.preview, ...why };
    case 'paste':
      return {
        kind: fix.kind,
        title,
        language: fix.language,
        where: say(fix.where),
        snippet: fix.snippet,
        ...why,
      };
    case 'portal':
      return {
        kind: fix.kind,
        title,
        steps: fix.steps.map(say),
        ...(fix.link === undefined ? {} : { link: fix.link }),
        ...why,
      };
    case 'setting':
      return { kind: fix.kind, id: fix.id, title, ...why };
    case 'network': {
      const { kind, changes, seenByServer, networks, hostGateway, preview } = fix;
      return { kind, title, changes, seenByServer, networks, hostGateway, preview, ...why };
    }
    default:
      return fix satisfies never;
  }
}

/** A problem as plain data with its words said. */
export function plainProblem(problem: Problem): Record<string, unknown> {
  const { title, cause, next } = problemText(problem);
  return {
    code: problem.code,
    title,
    cause,
    next: [next, ...waysHere(problem)].join('\n'),
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.fixes === undefined ? {} : { fixes: problem.fixes.map(plainFix) }),
  };
}

/** What `check --json` prints. */
export function checkDocument(
  instance: { id: string; name: string } | null,
  report: Pick<CheckReport, 'server' | 'verdict' | 'results'>,
): Record<string, unknown> {
  return {
    instance: instance === null ? null : { id: instance.id, name: instance.name },
    server: report.server ?? null,
    verdict: report.verdict,
    checks: report.results.map(({ id, status, title, evidence, fixes }) => ({
      id,
      status,
      title: say(title),
      evidence: say(evidence),
      fixes: fixes.map(plainFix),
    })),
  };
}
