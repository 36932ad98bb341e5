import type { CheckResult } from '../../contract/check.ts';
import { type Text, text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import type { CheckContext } from './check.ts';
import { allowList, hasSqlEditor, portalFor } from './portals.ts';
import { isManaged, runnable, shellToPaste } from './remedies.ts';
import { doerOf } from './rights.ts';

export type ExtensionName = 'vector' | 'pgcrypto' | 'pg_trgm';

/** What was found of one extension; `available` is undefined as well when the server would not list them. */
export function extensionState(name: ExtensionName, { facts }: CheckContext) {
  return {
    installed: facts.installed.find((each) => each.name === name),
    available: facts.available?.find((each) => each.name === name)?.version,
    listKnown: facts.available !== undefined,
  };
}

/** Fixes for an extension that the server has and the database doesn't use: the provider's list first, then the statement. */
export function enabling(name: ExtensionName, context: CheckContext): Fix[] {
  const listed = allowList(name, context);
  const id = `create-extension-${name}` as const;
  const fixes = runnable(id, text('fix.create-extension.title', { extension: name }), context);
  const byHand = doerOf(id, context.facts) === 'administrator' && hasSqlEditor(context);
  return [...(listed === undefined ? [] : [listed]), ...fixes, ...(byHand ? [portalFor(name, context, 'enable')] : [])];
}

/** A contrib extension: it comes with PostgreSQL, in a package of its own on some systems. */
export function contribResult(name: 'pgcrypto' | 'pg_trgm', context: CheckContext): Omit<CheckResult, 'id'> {
  const { installed, available, listKnown } = extensionState(name, context);
  const base = { title: text(`check.extension-${name}.title`), why: text(`check.extension-${name}.why`) };
  const values = { extension: name, database: context.facts.server.database };
  if (installed !== undefined) {
    const unreachable = outsideSearchPath(installed.schema, context);
    if (unreachable !== undefined) return { ...base, status: 'fail', ...unreachable };
    return {
      ...base,
      status: 'pass',
      evidence: text('check.extension.enabled', { ...values, version: installed.version }),
      fixes: [],
    };
  }
  if (available === undefined && listKnown) {
    return {
      ...base,
      status: 'fail',
      evidence: text('check.extension.missing', values),
      fixes: contribPackage(name, context),
    };
  }
  const evidence =
    available === undefined
      ? text('check.extension.unlisted', values)
      : text('check.extension.available', {
          ...values,
          version: available,
          use: base.why.key === 'check.extension-pg_trgm.why' ? 'search' : 'ids',
        });
  return { ...base, status: 'fail', evidence, fixes: enabling(name, context) };
}

/** An extension in a schema that isn't on the search path: its types and functions are not found by their bare names. */
export function outsideSearchPath(schema: string, context: CheckContext): { evidence: Text; fixes: Fix[] } | undefined {
  if (context.facts.schemas.current.includes(schema)) return undefined;
  return {
    evidence: text('check.extension.outside-search-path', { schema, searchPath: context.facts.schemas.searchPath }),
    fixes: runnable('set-search-path', text('fix.set-search-path.title'), context),
  };
}

function contribPackage(name: ExtensionName, context: CheckContext): Fix[] {
  const listed = allowList(name, context);
  if (listed !== undefined) return [listed];
  if (isManaged(context)) return [portalFor(name, context, 'unavailable')];
  const major = Math.floor(context.server.versionNum / 10_000);
  const commands: Partial<Record<string, string>> = {
    debian: `sudo apt install --reinstall postgresql-${major}`,
    rhel: `sudo dnf install postgresql${major}-contrib`,
    alpine: `apk add postgresql${major}-contrib`,
  };
  const command = commands[context.server.provider];
  return command === undefined ? [] : [shellToPaste(text('fix.contrib-package.title'), command, context)];
}
