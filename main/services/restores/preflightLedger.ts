import { text } from '../../../contract/copy/text.ts';
import type { RestoreVerdict } from '../../../contract/restore.ts';
import type { PreflightFacts } from './preflight.ts';

/** The backup's migrations against those of the server's image: what happens when the server starts on it. */
export function ledgerVerdict({
  archive: { manifest },
  server: { migrations, appliesOnStart },
  ledgerNow,
}: PreflightFacts): Pick<RestoreVerdict, 'status' | 'evidence' | 'fixes'> {
  const ledger = manifest?.ledger;
  if (ledger === undefined || ledger === null) {
    return { status: 'warn', evidence: text('restore.check.ledger.unknown'), fixes: [] };
  }
  if (migrations === undefined) {
    const now = ledgerNow?.length ?? 0;
    const same = ledgerNow !== null && now === ledger.length && ledger.every((name) => ledgerNow.includes(name));
    const evidence = text('restore.check.ledger.against-now', { backup: ledger.length, now });
    return { status: same ? 'pass' : 'warn', evidence, fixes: [] };
  }
  const unknown = ledger.filter((name) => !migrations.includes(name));
  if (unknown.length > 0) {
    const names = [...unknown.slice(0, 3), ...(unknown.length > 3 ? ['…'] : [])].join(', ');
    const evidence = text('restore.check.ledger.newer', { count: unknown.length, names });
    return { status: 'warn', evidence, fixes: [] };
  }
  const pending = migrations.filter((name) => !ledger.includes(name));
  const [first] = pending;
  if (first === undefined) {
    return { status: 'pass', evidence: text('restore.check.ledger.same', { count: ledger.length }), fixes: [] };
  }
  const key = appliesOnStart === false ? 'restore.check.ledger.older-off' : 'restore.check.ledger.older';
  return { status: 'warn', evidence: text(key, { count: pending.length, first }), fixes: [] };
}
