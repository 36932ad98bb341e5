import { type Text, text } from '../../contract/copy/text.ts';
import type { RehearsalReport } from '../../contract/migration.ts';
import type { MigrationRunPlan } from '../../contract/migrationRun.ts';
import type { Tone } from '../components/StatusMark.tsx';

export type RunPart = { part: 'data' | 'backup' | 'rehearsal' | 'server'; tone: Tone; evidence: Text };

/** What has to be known before a run, each with what was found: what is lost, what could bring it back, was it tried, who is in the way. */
export function runParts(plan: MigrationRunPlan, rehearsal: RehearsalReport | undefined): RunPart[] {
  return [dataPart(plan), backupPart(plan), rehearsalPart(plan, rehearsal), serverPart(plan)];
}

function dataPart({ destroys }: MigrationRunPlan): RunPart {
  return {
    part: 'data',
    tone: destroys > 0 ? 'bad' : 'ok',
    evidence: text(destroys > 0 ? 'screen.migrations.plan.destroys' : 'screen.migrations.plan.harmless', {
      count: destroys,
    }),
  };
}

function backupPart({ backup, needsOverride }: MigrationRunPlan): RunPart {
  if (backup !== undefined) {
    return { part: 'backup', tone: 'ok', evidence: text('screen.migrations.plan.backup', { name: backup.name }) };
  }
  return {
    part: 'backup',
    tone: needsOverride ? 'bad' : 'warn',
    evidence: text(needsOverride ? 'screen.migrations.plan.no-backup' : 'screen.migrations.plan.backup-not-needed'),
  };
}

/** Only a rehearsal of the very files that are pending now counts. */
export function rehearsedWell(
  { pending }: MigrationRunPlan,
  rehearsal: RehearsalReport | undefined,
): boolean | undefined {
  if (rehearsal === undefined || rehearsal.files.length !== pending.length) return undefined;
  if (rehearsal.files.some(({ name }, index) => name !== pending[index]?.name)) return undefined;
  return rehearsal.files.every(({ state }) => state === 'applied');
}

function rehearsalPart(plan: MigrationRunPlan, rehearsal: RehearsalReport | undefined): RunPart {
  const well = rehearsedWell(plan, rehearsal);
  if (well === undefined)
    return { part: 'rehearsal', tone: 'info', evidence: text('screen.migrations.plan.not-rehearsed') };
  const copy = rehearsal?.on === 'schema-only' ? 'tables' : 'data';
  return well
    ? { part: 'rehearsal', tone: 'ok', evidence: text('screen.migrations.plan.rehearsed', { copy }) }
    : { part: 'rehearsal', tone: 'bad', evidence: text('screen.migrations.plan.rehearsal-failed', { copy }) };
}

function serverPart({ server, needsStop, blocked }: MigrationRunPlan): RunPart {
  const { container } = server;
  if (container === undefined) {
    return {
      part: 'server',
      tone: blocked.length > 0 ? 'bad' : 'info',
      evidence: text('migrate.note.server-unknown'),
    };
  }
  return needsStop
    ? { part: 'server', tone: 'info', evidence: text('screen.migrations.plan.stops', { container: container.name }) }
    : {
        part: 'server',
        tone: 'ok',
        evidence: text('migrate.note.server-stopped', { container: container.name, state: container.state }),
      };
}

/** These are told by the parts. */
const told: ReadonlySet<string> = new Set([
  'migrate.note.destroys',
  'migrate.note.rewrites',
  'migrate.note.needs-extension',
  'migrate.note.no-backup',
  'migrate.note.backup',
  'migrate.note.server-stopped',
  'migrate.note.server-running',
  'migrate.note.server-unknown',
]);

/** What else is to be known. */
export function furtherNotes({ plan }: MigrationRunPlan): Text[] {
  return plan.notes.filter(({ key }) => !told.has(key));
}
