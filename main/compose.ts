import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { ConnectionSettings } from '../contract/connection.ts';
import { defaultConnection } from '../contract/connection.ts';
import { say, text } from '../contract/copy/text.ts';
import type { OperationView } from '../contract/operation.ts';
import { type SshHost, sshHostSchema } from '../contract/sshHost.ts';
import packageJson from '../package.json' with { type: 'json' };
import { readBounded } from './adapters/boundedFile.ts';
import { dataFolder } from './adapters/dataFolder.ts';
import type { SpawnPractice } from './adapters/embeddedPostgres.ts';
import { createKeychain } from './adapters/keychain.ts';
import { loadKeytar } from './adapters/keychainLibrary.ts';
import { LocalHost } from './adapters/localHost.ts';
import { createLogFile } from './adapters/logFile.ts';
import { secretServiceLocked } from './adapters/secretService.ts';
import { createRedactor } from './redaction.ts';
import { createActivity } from './services/activity.ts';
import { createBackupCopies } from './services/backupCopies.ts';
import { createBackupRuns } from './services/backupRuns.ts';
import { createBackupSchedules } from './services/backupSchedules.ts';
import { createBackupSettings } from './services/backupSettings.ts';
import { backupsDocument, createBackups } from './services/backups.ts';
import { createChecks } from './services/checks.ts';
import { createCompanionSchema } from './services/companionSchema.ts';
import { createConnections } from './services/connections.ts';
import { createCredentials, keychainIndexDocument } from './services/credentials.ts';
import { createDatabaseImages } from './services/databaseImages.ts';
import { createDockerHosts } from './services/dockerHosts.ts';
import { type DocumentDefinition, openDocument } from './services/documents.ts';
import { createDrills, drillsDocument } from './services/drills.ts';
import { createFixes } from './services/fixes.ts';
import { createImports } from './services/imports.ts';
import { createInstalls } from './services/installs.ts';
import { createInstances, instancesDocument } from './services/instances.ts';
import { createOnStart } from './services/migrations/onStart.ts';
import { createMigrationReadings } from './services/migrations/readings.ts';
import { createMigrationRuns } from './services/migrations/runs.ts';
import { createSchemaDump } from './services/migrations/schemaDump.ts';
import { createServerPauses, pausedServersDocument } from './services/migrations/serverPause.ts';
import { createNetworks } from './services/networks.ts';
import { createNewInstances } from './services/newInstances.ts';
import { createNotifications, notificationsDocument } from './services/notifications.ts';
import { redactDeep } from './services/operations/journal.ts';
import { createOperations } from './services/operations/operations.ts';
import type { Ask, Emit, Operations } from './services/ports.ts';
import { createPractice } from './services/practice.ts';
import { createProvisioning } from './services/provisioning.ts';
import { createReach } from './services/reach.ts';
import { createInPlaceRestores } from './services/restores/inPlace.ts';
import { createSelectiveRestores } from './services/restores/selective.ts';
import { createRestores } from './services/restores.ts';
import { ownAccount } from './services/schedulers/schedulerFor.ts';
import { createServerFiles } from './services/serverSettings.ts';
import { createServers } from './services/servers.ts';
import { createSettings, settingsDocument } from './services/settings.ts';
import { createSshHosts } from './services/sshHosts.ts';
import { createTools } from './services/tools.ts';

const sshHostsDocument: DocumentDefinition<SshHost[]> = {
  name: 'ssh-hosts',
  version: 1,
  schema: z.array(sshHostSchema),
  empty: () => [],
};

/** Milliseconds that running operations get to end when the app quits. */
const patience = 5_000;

/** What differs between the window and the command line. */
export type Surroundings = {
  /** Where everything is kept. */
  folder: string;
  emit: Emit;
  ask: Ask;
  spawnPractice: SpawnPractice;
  startedBy: OperationView['startedBy'];
  /** How the system's scheduler starts the command line. Without it nothing can be scheduled. */
  program?: readonly [string, ...string[]];
};

/** Everything is wired here, by hand, once for a process: adapters into services. Nothing is opened or started yet. */
export function compose({ folder, emit, ask, spawnPractice, startedBy, program }: Surroundings) {
  const redactor = createRedactor();
  const log = createLogFile({ file: join(folder, 'logs', 'companion.log'), redact: redactor.redact });
  const documents = { folder };

  const credentials = createCredentials({
    keychain: createKeychain({
      load: loadKeytar,
      collectionLocked: secretServiceLocked,
    }),
    index: openDocument(keychainIndexDocument, documents),
    addToRedactor: redactor.add,
  });
  const operations = createOperations({
    folder: join(folder, 'operations'),
    emit: (name, event) => {
      emit(name, event);
      if (name === 'operation.changed') companionSchema.noticed(event as OperationView);
    },
    redact: redactor.redact,
    log,
    startedBy,
  });
  const practice = createPractice({ folder: join(folder, 'practice'), spawn: spawnPractice, operations, log });
  const instances = createInstances({
    document: openDocument(instancesDocument, documents),
    credentials,
    emit,
    forgetSecrets: ({ id }) => backupSettings.forgetSecrets(id),
    removeData: async (instance) => {
      await practice.remove(instance);
      await backupSchedules.uninstall(instance, AbortSignal.timeout(60_000));
      await backupSettings.forget(instance.id);
    },
    onConnectionChanged: (id) => {
      connections.forget(id);
      checks.forget(id);
      reach.forget(id);
    },
  });
  const settings = createSettings(openDocument(settingsDocument, documents));
  const sshHostsFile = openDocument(sshHostsDocument, documents);
  const sshHosts = createSshHosts({
    store: {
      read: async () => (await sshHostsFile.read()).value,
      update: sshHostsFile.update,
    },
    dataFolder: folder,
    credentials,
    ask,
    operations,
    emit,
    log,
  });
  const connections = createConnections({
    instances,
    credentials,
    ask,
    operations,
    dialFor: sshHosts.dialFor,
    practice: async (instance, signal) => {
      const { host, port, user, database } = await practice.ensureStarted(instance.id, signal);
      return { settings: practiceSettings({ host, port, user, database }), password: '' };
    },
    emit,
  });
  const checks = createChecks({ instances, connections, credentials, operations, emit });
  const imports = createImports({ readFile: readBounded, now: Date.now, newId: randomUUID });
  const dockerHosts = createDockerHosts({
    thisComputer: new LocalHost(say(text('server.this-computer'))),
    sshHost: sshHosts.hostFor,
  });
  const servers = createServers({ dockerHosts, instances, connections, operations, addToRedactor: redactor.add });
  const reach = createReach({
    instances,
    connections,
    credentials,
    dockerHosts,
    operations,
    emit,
    addToRedactor: redactor.add,
  });
  const fixes = createFixes({ instances, connections, checks, operations });
  const provisioning = createProvisioning({
    instances,
    connections,
    credentials,
    checks,
    operations,
    addToRedactor: redactor.add,
  });

  const companionSchema = createCompanionSchema({
    instances,
    connections,
    credentials,
    log,
    appVersion: packageJson.version,
  });
  const pauses = createServerPauses({ document: openDocument(pausedServersDocument, documents), dockerHosts });
  const backupsWith = (its: Operations) =>
    createBackups({
      document: openDocument(backupsDocument, documents),
      defaultFolder: join(folder, 'backups'),
      instances,
      connections,
      credentials,
      operations: its,
      thisComputer: new LocalHost(say(text('server.this-computer'))),
      sshHost: sshHosts.hostFor,
      dockerHosts,
      tools: { find: createTools().findPostgres },
    });
  const backups = backupsWith(operations);
  const backupSettings = createBackupSettings({
    folder: join(folder, 'backup-settings'),
    credentials,
    sshHost: sshHosts.hostFor,
  });
  const backupCopies = createBackupCopies({
    folder: join(folder, 'outgoing'),
    backups,
    settings: backupSettings,
    operations,
  });
  const notifications = createNotifications({
    document: openDocument(notificationsDocument, documents),
    credentials,
    redact: redactor.redact,
    addToRedactor: redactor.add,
  });
  const backupRuns = createBackupRuns({
    instances,
    backups,
    copies: backupCopies,
    settings: backupSettings,
    notifications,
  });
  const backupSchedules = createBackupSchedules({
    folder: join(folder, 'backup-settings'),
    program,
    environment:
      folder === dataFolder({ ...process.env, APERTURE_COMPANION_DATA: '' })
        ? {}
        : { APERTURE_COMPANION_DATA: resolve(folder) },
    account: () => ownAccount(folder),
    host: new LocalHost(say(text('server.this-computer'))),
    instances,
    settings: backupSettings,
    runs: backupRuns,
    operations,
  });
  const migrationRuns = createMigrationRuns({
    instances,
    connections,
    dockerHosts,
    pauses,
    operations,
    emit,
    dumpSchema: createSchemaDump({
      tools: { findPostgres: createTools().findPostgres },
      thisComputer: new LocalHost(say(text('server.this-computer'))),
      credentials,
    }),
    newestVerifiedBackup: async (instanceId, signal) => {
      const { manifest } = (await backups.newestVerified(instanceId, signal)) ?? {};
      if (manifest === undefined) return undefined;
      return { at: manifest.createdAt, name: manifest.file.name, ledger: manifest.ledger ?? [] };
    },
  });

  const restoring = {
    folder: join(folder, 'restores'),
    instances,
    backups,
    backupSettings,
    connections,
    credentials,
    operations,
    servers,
    pauses,
    companionSchema,
    thisComputer: new LocalHost(say(text('server.this-computer'))),
    sshHost: sshHosts.hostFor,
    dockerHosts,
    tools: { find: createTools().findPostgres },
  };

  return {
    log,
    redactor,
    credentials,
    operations,
    practice,
    instances,
    settings,
    sshHosts,
    connections,
    checks,
    dockerHosts,
    servers,
    networks: createNetworks({ dockerHosts, operations }),
    reach,
    databaseImages: createDatabaseImages({ instances, dockerHosts, operations }),
    fixes,
    provisioning,
    serverFiles: createServerFiles({ operations, addToRedactor: redactor.add }),
    installs: createInstalls({
      instances,
      credentials,
      dockerHosts,
      sshHosts,
      servers,
      operations,
      // The lines of the server's log are other people's words.
      emit: (name, event) => emit(name, redactDeep(event, redactor.redact)),
      addToRedactor: redactor.add,
    }),
    companionSchema,
    activity: createActivity({ operations, companionSchema }),
    pauses,
    migrationReadings: createMigrationReadings({ connections, dockerHosts }),
    migrationRuns,
    onStart: createOnStart({ instances, dockerHosts, operations }),
    imports,
    newInstances: createNewInstances({ instances, imports }),
    tools: createTools(),
    backups,
    backupSettings,
    backupCopies,
    notifications,
    restores: createRestores(restoring),
    drills: createDrills({ ...restoring, document: openDocument(drillsDocument, documents) }),
    inPlaceRestores: createInPlaceRestores({ ...restoring, backupsWithin: backupsWith }),
    selectiveRestores: createSelectiveRestores(restoring),
    backupRuns,
    backupSchedules,
    /** Ends what runs, writes what is pending. */
    async stop() {
      await operations.stop(patience);
      await companionSchema.flush(patience);
      await practice.stopAll();
      sshHosts.close();
      await log.flush();
    },
  };
}

export type Companion = ReturnType<typeof compose>;

/** Connection settings of a practice database: it listens on this computer only and has no TLS. */
function practiceSettings(at: { host: string; port: number; user: string; database: string }): ConnectionSettings {
  return {
    ...defaultConnection,
    hosts: [{ host: at.host, port: at.port }],
    user: at.user,
    database: at.database,
    tls: { mode: 'disable' },
  };
}
