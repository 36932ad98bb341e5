import type { CheckResult } from '../../contract/check.ts';
import { text } from '../../contract/copy/text.ts';
import type { Check, CheckContext } from './check.ts';
import { enabling, extensionState, outsideSearchPath } from './extensions.ts';
import { waysToInstallPgvector } from './installPgvector.ts';
import { runnable } from './remedies.ts';
import { compareVersions, oldestVector, recommendedVector } from './versions.ts';

type Outcome = Pick<CheckResult, 'status' | 'evidence' | 'fixes'>;

/** pgvector: there, new enough, enabled, and found by its bare name. */
export const extensionVector: Check = {
  id: 'extension-vector',
  applicable: () => true,
  run: (context) => ({
    title: text('check.extension-vector.title'),
    why: text('check.extension-vector.why'),
    ...outcome(context),
  }),
};

function outcome(context: CheckContext): Outcome {
  const { installed, available, listKnown } = extensionState('vector', context);
  const values = { extension: 'pgvector', database: context.facts.server.database };
  if (installed === undefined) {
    if (available === undefined && listKnown) {
      const evidence = text('check.extension-vector.missing', { platform: context.server.platform });
      return { status: 'fail', evidence, fixes: waysToInstallPgvector(context) };
    }
    if (available === undefined) {
      return { status: 'fail', evidence: text('check.extension.unlisted', values), fixes: enabling('vector', context) };
    }
    if (compareVersions(available, oldestVector) < 0) {
      const evidence = text('check.extension-vector.available-too-old', {
        ...values,
        version: available,
        oldest: oldestVector,
      });
      return { status: 'fail', evidence, fixes: waysToInstallPgvector(context) };
    }
    const evidence = text('check.extension-vector.available', { ...values, version: available });
    return { status: 'fail', evidence, fixes: enabling('vector', context) };
  }
  return installedOutcome(installed, available, context);
}

function installedOutcome(
  installed: { version: string; schema: string },
  available: string | undefined,
  context: CheckContext,
): Outcome {
  const { version } = installed;
  const newer = available !== undefined && compareVersions(available, version) > 0 ? available : undefined;
  const update = (to: string) =>
    runnable('update-extension-vector', text('fix.update-extension-vector.title', { version: to }), context);
  const values = { version, oldest: oldestVector, recommended: recommendedVector, available: newer ?? version };

  if (compareVersions(version, oldestVector) < 0) {
    const enough = newer !== undefined && compareVersions(newer, oldestVector) >= 0;
    return {
      status: 'fail',
      evidence: text(enough ? 'check.extension-vector.too-old-updatable' : 'check.extension-vector.too-old', values),
      fixes: enough ? update(newer) : waysToInstallPgvector(context),
    };
  }
  const unreachable = outsideSearchPath(installed.schema, context);
  if (unreachable !== undefined) return { status: 'fail', ...unreachable };
  if (newer !== undefined) {
    return { status: 'warn', evidence: text('check.extension-vector.updatable', values), fixes: update(newer) };
  }
  if (compareVersions(version, recommendedVector) < 0) {
    return {
      status: 'warn',
      evidence: text('check.extension-vector.not-recommended', values),
      fixes: waysToInstallPgvector(context),
    };
  }
  return { status: 'pass', evidence: text('check.extension-vector.enabled', values), fixes: [] };
}
