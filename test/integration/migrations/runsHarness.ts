import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MigrationSource } from '../../../contract/migration.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { DockerHosts } from '../../../main/services/dockerHosts.ts';
import { openDocument } from '../../../main/services/documents.ts';
import { createMigrationRuns, type MigrationRunsNeed } from '../../../main/services/migrations/runs.ts';
import { createServerPauses, pausedServersDocument } from '../../../main/services/migrations/serverPause.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { type Services, startServices } from '../checks/services.ts';
import { hasty } from './runnerHarness.ts';

/** Where nobody asks for an engine. */
const noDocker: Pick<DockerHosts, 'engine'> = {
  engine: () => Promise.reject(new Error('no Docker in this test')),
};

/** Runs and rehearsals on the services that the checks are tested with. */
export async function startRuns(more: Partial<MigrationRunsNeed> = {}) {
  const services: Services = await startServices();
  const events: { name: string; event: unknown }[] = [];
  const folder = supportFolder('paused');
  const pauses = createServerPauses({
    document: openDocument(pausedServersDocument, { folder }),
    dockerHosts: noDocker,
  });
  const runs = createMigrationRuns({
    ...services,
    dockerHosts: noDocker,
    pauses,
    emit: (name, event) => void events.push({ name, event }),
    limits: hasty,
    ...more,
  });
  return {
    ...services,
    runs,
    events,
    async migrate(
      instanceId: string,
      source: MigrationSource,
      wishes: { withoutBackup?: boolean; stopServer?: boolean } = {},
    ): Promise<OperationView> {
      const { plan } = await runs.plan(instanceId, source, new AbortController().signal);
      const { ended } = await runs.run(plan.id, { withoutBackup: true, stopServer: false, ...wishes });
      return ended;
    },
  };
}

/** A folder with these files. */
export function folderOf(files: readonly { name: string; sql: string }[]): MigrationSource {
  const folder = path.join(supportFolder('migrations'), 'files');
  mkdirSync(folder, { recursive: true });
  for (const { name, sql } of files) writeFileSync(path.join(folder, name), sql);
  return { kind: 'folder', path: folder };
}
