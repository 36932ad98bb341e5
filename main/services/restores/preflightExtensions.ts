import { text } from '../../../contract/copy/text.ts';
import type { RestoreVerdict } from '../../../contract/restore.ts';
import type { PreflightFacts } from './preflight.ts';

type Judgement = Pick<RestoreVerdict, 'status' | 'evidence' | 'fixes'>;

/** The extensions that the archive makes: those of its table of contents, with the versions that the manifest has of them. */
function wantedExtensions({ archive }: Pick<PreflightFacts, 'archive'>): { name: string; version?: string }[] {
  const versions = new Map(archive.manifest?.extensions.map(({ name, version }) => [name, version]));
  return archive.contents.extensions.map((name) => {
    const version = versions.get(name);
    return version === undefined ? { name } : { name, version };
  });
}

/** Of those that the role may not make, whether template1 has all: a new database made like it has them from the beginning. */
export function needsTemplate(facts: Pick<PreflightFacts, 'archive' | 'target'>): boolean {
  const refused = refusedExtensions(facts);
  return refused.length > 0 && refused.every((name) => facts.target.template.includes(name));
}

function refusedExtensions(facts: Pick<PreflightFacts, 'archive' | 'target'>): string[] {
  const available = new Map(facts.target.extensions.map((one) => [one.name, one]));
  return wantedExtensions(facts).flatMap(({ name }) => (available.get(name)?.mayCreate === false ? [name] : []));
}

export function extensionVerdict(facts: PreflightFacts): Judgement {
  const { archive, target } = facts;
  if (archive.format === 'sql' || archive.format === 'sql-gzip') {
    return { status: 'skipped', evidence: text('restore.check.extensions.unknown'), fixes: [] };
  }
  const wanted = wantedExtensions(facts);
  if (wanted.length === 0) return { status: 'pass', evidence: text('restore.check.extensions.none'), fixes: [] };
  const available = new Map(target.extensions.map((one) => [one.name, one]));
  const names = (some: readonly { name: string; version?: string }[]) =>
    some.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)).join(', ');
  const missing = wanted.filter(({ name }) => !available.has(name));
  if (missing.length > 0) {
    const packages = missing.some(({ name }) => name === 'vector')
      ? `sudo apt install postgresql-${target.server.major}-pgvector`
      : `sudo apt install postgresql-contrib-${target.server.major}`;
    const fix = {
      kind: 'paste' as const,
      title: text('restore.fix.extensions'),
      language: 'shell' as const,
      where: text('restore.fix.extensions'),
      snippet: packages,
    };
    return {
      status: 'fail',
      evidence: text('restore.check.extensions.missing', { names: names(missing) }),
      fixes: [fix],
    };
  }
  const refused = refusedExtensions(facts);
  if (refused.length > 0 && !needsTemplate(facts)) {
    const values = { user: target.role.user, names: refused.join(', ') };
    const fix = {
      kind: 'paste' as const,
      title: text('restore.fix.template'),
      language: 'sql' as const,
      where: text('restore.fix.template.where'),
      snippet: refused.map((name) => `CREATE EXTENSION IF NOT EXISTS ${name};`).join('\n'),
      why: text('restore.fix.template.why'),
    };
    return { status: 'fail', evidence: text('restore.check.extensions.refused', values), fixes: [fix] };
  }
  const older = wanted.filter(({ name, version }) => {
    const there = available.get(name)?.version;
    return version !== undefined && there !== undefined && isOlder(there, version);
  });
  if (older.length > 0) {
    return { status: 'warn', evidence: text('restore.check.extensions.older', { names: names(older) }), fixes: [] };
  }
  return { status: 'pass', evidence: text('restore.check.extensions.there', { names: names(wanted) }), fixes: [] };
}

function isOlder(a: string, b: string): boolean {
  const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
