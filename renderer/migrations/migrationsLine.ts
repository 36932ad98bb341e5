import { type Text, text } from '../../contract/copy/text.ts';
import type { MigrationStatus } from '../../contract/migration.ts';
import type { Tone } from '../components/StatusMark.tsx';

/** The answer that one came for: up to date, or what is missing and who will see to it. */
export function migrationsLine(status: MigrationStatus): { tone: Tone; title: Text; more: Text } {
  const { source, ledger, applied, pending, unknown, onStart } = status;
  if (source === null) {
    const linked = status.sourceProblem?.code !== 'migrations-no-server';
    return {
      tone: linked ? 'warn' : 'info',
      title: text('screen.migrations.line.no-source', { applied }),
      more: text(linked ? 'screen.migrations.line.no-source-more' : 'screen.migrations.line.no-server-more'),
    };
  }
  const { name } = source;
  const who = onStart === undefined ? 'nobody' : onStart ? 'server' : 'hand';
  if (ledger === 'missing') {
    return {
      tone: 'info',
      title: text('screen.migrations.line.empty', { pending }),
      more: text('screen.migrations.line.empty-more', { who }),
    };
  }
  if (pending > 0) {
    return {
      tone: 'warn',
      title: text('screen.migrations.line.pending', { pending }),
      more: text('screen.migrations.line.pending-more', { who }),
    };
  }
  if (unknown > 0) {
    return {
      tone: 'warn',
      title: text('screen.migrations.line.unknown', { unknown }),
      more: text('screen.migrations.line.unknown-more', { name }),
    };
  }
  return {
    tone: 'ok',
    title: text('screen.migrations.line.complete'),
    more: text('screen.migrations.line.complete-more', { applied, name }),
  };
}
