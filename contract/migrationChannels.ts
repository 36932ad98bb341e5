import { z } from 'zod';
import type { CompanionSchemaState } from './identity.ts';
import {
  type MigrationStatus,
  type MigrationsPreview,
  migrationSourceSchema,
  type RehearsalReport,
} from './migration.ts';
import type { MigrationRunPlan, MigrationRunReport } from './migrationRun.ts';
import type { Plan } from './plan.ts';
import { request } from './request.ts';
import type { FileChange } from './serverSettings.ts';

const id = z.string().min(1).max(64);
const ofInstance = z.object({ instanceId: id });
const ofSource = z.object({ instanceId: id, source: migrationSourceSchema });
const begun = request<{ operationId: string }>();

/** The guide's query and what it gives. Times are ISO 8601. */
export type LedgerAnswer = { query: string; there: boolean; rows: { name: string; appliedAt?: string }[] };

/** What the window asks about migrations, and about the schema `companion`. A folder has to be one that was chosen in the system's dialog. */
export const migrationChannels = {
  'migrations.status': request<MigrationStatus>()(ofSource),
  'migrations.ledger': request<LedgerAnswer>()(ofInstance),
  'migrations.preview': request<MigrationsPreview>()(ofSource),
  /** What a run would do; nothing of it is done. */
  'migrations.plan': request<MigrationRunPlan>()(ofSource),
  /** Runs a plan that was shown. The report comes as an event, and with `migrations.latest`. */
  'migrations.run': begun(z.object({ planId: id, stopServer: z.boolean(), withoutBackup: z.boolean() })),
  'migrations.rehearse': begun(ofSource),
  /** Of this start of the app. */
  'migrations.latest': request<{ run?: MigrationRunReport; rehearsal?: RehearsalReport }>()(ofInstance),
  /** Null when nobody chose one. */
  'migrations.chooseFolder': request<string | null>()(z.undefined()),
  /** What changes in the compose file so that the server migrates when it starts, or does not; nothing of it is done. */
  'migrations.onStart.plan': request<{ plan: Plan; change: FileChange }>()(
    z.object({ instanceId: id, on: z.boolean() }),
  ),
  'migrations.onStart.write': begun(z.object({ planId: id })),

  'identity.read': request<CompanionSchemaState>()(ofInstance),
  /** Makes the schema, or brings it up to date. */
  'identity.create': begun(ofInstance),
  /** The database is where it is on purpose: takes note of it. */
  'identity.settle': request<CompanionSchemaState>()(ofInstance),
} as const;
