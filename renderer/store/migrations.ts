import type { StateCreator } from 'zustand';
import type { ChannelInput } from '../../contract/channels.ts';
import type { MigrationSource, MigrationStatus, MigrationsPreview, RehearsalReport } from '../../contract/migration.ts';
import type { MigrationRunPlan, MigrationRunReport } from '../../contract/migrationRun.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import type { Store } from './store.ts';

/** What was asked for last, what came of it, and whether it is being asked for again. */
export type Look<Value> = { looking: boolean; value?: Value; failure?: Failure };

/** What is known of an instance's migrations. Status, preview and plan are of this source. */
export type MigrationsView = {
  source: MigrationSource;
  status: Look<MigrationStatus>;
  preview: Look<MigrationsPreview>;
  plan: Look<MigrationRunPlan>;
  run?: MigrationRunReport;
  rehearsal?: RehearsalReport;
  /** Why the last wish for a rehearsal did not become one. */
  notBegun?: Failure;
  /** The operation whose outcome was put aside. */
  dismissed?: string;
};

export const migrationsSections = ['list', 'preview', 'query', 'who'] as const;
export type MigrationsSection = (typeof migrationsSections)[number];

export type MigrationsSlice = {
  migrations: Record<string, MigrationsView>;
  /** Which part of the Migrations screen is open; `run` takes the place of them all. */
  migrationsSection: MigrationsSection | 'run';
  openMigrationsSection(section: MigrationsSection | 'run'): void;
  /** Compares with another source. */
  chooseMigrationSource(instanceId: string, source: MigrationSource): Promise<void>;
  lookAtMigrations(instanceId: string): Promise<void>;
  previewMigrations(instanceId: string): Promise<void>;
  planMigrations(instanceId: string): Promise<void>;
  /** Begins an operation; it is told of as such. What keeps it from beginning is in the view. */
  rehearseMigrations(instanceId: string): Promise<void>;
  /** Begins an operation. Answers its id. */
  runMigrations(instanceId: string, planId: string, wishes: { withoutBackup: boolean }): Promise<string>;
  dismissOutcome(instanceId: string, operationId: string): void;
  migrationReport(event: { instanceId: string; report: MigrationRunReport }): void;
  rehearsalReport(event: { instanceId: string; report: RehearsalReport }): void;
};

const questions = {
  status: (of: ChannelInput<'migrations.status'>) => ask('migrations.status', of),
  preview: (of: ChannelInput<'migrations.preview'>) => ask('migrations.preview', of),
  plan: (of: ChannelInput<'migrations.plan'>) => ask('migrations.plan', of),
};

const notAsked = { looking: false } as const;
const nothingYet: MigrationsView = {
  source: { kind: 'installed' },
  status: notAsked,
  preview: notAsked,
  plan: notAsked,
};

/** The migrations of an instance, a stable value when nothing is known. */
export function migrationsOf(state: Store, instanceId: string | undefined): MigrationsView {
  return (instanceId === undefined ? undefined : state.migrations[instanceId]) ?? nothingYet;
}

export const migrationsSlice: StateCreator<Store, [], [], MigrationsSlice> = (set, get) => {
  const change = (instanceId: string, with_: Partial<MigrationsView>) =>
    set((state) => ({
      migrations: { ...state.migrations, [instanceId]: { ...migrationsOf(state, instanceId), ...with_ } },
    }));

  /** Asks once at a time; an answer about a source that is no longer the chosen one is let go. */
  async function look(part: keyof typeof questions, instanceId: string): Promise<void> {
    const { source, [part]: before } = migrationsOf(get(), instanceId);
    if (before.looking) return;
    const current = () => migrationsOf(get(), instanceId).source === source;
    change(instanceId, { source, [part]: { ...before, looking: true } });
    try {
      const value = await questions[part]({ instanceId, source });
      if (current()) change(instanceId, { [part]: { looking: false, value } });
    } catch (error) {
      if (current()) change(instanceId, { [part]: { looking: false, failure: failureOf(error) } });
    }
  }

  return {
    migrations: {},
    migrationsSection: 'list',
    openMigrationsSection(section) {
      set({ migrationsSection: section });
    },
    async chooseMigrationSource(instanceId, source) {
      change(instanceId, { source: { ...source }, status: notAsked, preview: notAsked, plan: notAsked });
      await look('status', instanceId);
    },
    lookAtMigrations: (instanceId) => look('status', instanceId),
    previewMigrations: (instanceId) => look('preview', instanceId),
    async planMigrations(instanceId) {
      // One that was shown before is no longer true.
      change(instanceId, { plan: notAsked });
      await look('plan', instanceId);
    },
    async rehearseMigrations(instanceId) {
      const { source } = migrationsOf(get(), instanceId);
      change(instanceId, { notBegun: undefined });
      await ask('migrations.rehearse', { instanceId, source }).catch((error: unknown) =>
        change(instanceId, { notBegun: failureOf(error) }),
      );
    },
    async runMigrations(instanceId, planId, { withoutBackup }) {
      const { operationId } = await ask('migrations.run', { planId, stopServer: true, withoutBackup });
      change(instanceId, { plan: notAsked, preview: notAsked });
      return operationId;
    },
    dismissOutcome(instanceId, operationId) {
      change(instanceId, { dismissed: operationId });
    },
    migrationReport({ instanceId, report }) {
      change(instanceId, { run: report });
    },
    rehearsalReport({ instanceId, report }) {
      change(instanceId, { rehearsal: report });
    },
  };
};
