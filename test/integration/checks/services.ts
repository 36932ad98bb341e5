import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CheckId, CheckReport, CheckResult } from '../../../contract/check.ts';
import type { ConnectionSettings } from '../../../contract/connection.ts';
import type { EventName, Events } from '../../../contract/events.ts';
import { directDial } from '../../../main/adapters/directDial.ts';
import { createKeychain } from '../../../main/adapters/keychain.ts';
import { createLogFile } from '../../../main/adapters/logFile.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { createChecks } from '../../../main/services/checks.ts';
import { createConnections } from '../../../main/services/connections.ts';
import { createCredentials, keychainIndexDocument } from '../../../main/services/credentials.ts';
import { openDocument } from '../../../main/services/documents.ts';
import { createFixes } from '../../../main/services/fixes.ts';
import { createInstances, instancesDocument } from '../../../main/services/instances.ts';
import { createOperations } from '../../../main/services/operations/operations.ts';
import type { TestRole } from '../../support/postgresRoles.ts';

export type Told = { [Name in EventName]: { name: Name; event: Events[Name] } }[EventName];

/** The services from the checks down to the real server, in a folder of their own; passwords stay in memory. */
export async function startServices(options: { now?: () => Date } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'companion-checks-'));
  const told: Told[] = [];
  const emit = (name: EventName, event: unknown) => void told.push({ name, event } as Told);
  const redact = (text: string) => text;
  const log = createLogFile({ file: path.join(folder, 'log'), redact });
  const keychain = createKeychain({
    load: () => Promise.reject(new Error('no keychain in this test')),
    collectionLocked: () => Promise.resolve(false),
  });
  const credentials = createCredentials({
    keychain,
    index: openDocument(keychainIndexDocument, { folder }),
    addToRedactor: () => undefined,
  });
  const instances = createInstances({
    document: openDocument(instancesDocument, { folder }),
    credentials,
    emit,
    removeData: () => Promise.resolve(),
  });
  const operations = createOperations({
    folder: path.join(folder, 'operations'),
    emit,
    redact,
    log,
    startedBy: 'command-line',
  });
  const connections = createConnections({
    instances,
    credentials,
    operations,
    emit,
    ask: () => Promise.reject(new ProblemError('question-unanswered')),
    dialFor: () => Promise.resolve(directDial()),
  });
  const checks = createChecks({ instances, connections, credentials, operations, emit, now: options.now });
  const fixes = createFixes({ instances, connections, checks, operations, now: options.now });

  return {
    told,
    credentials,
    instances,
    operations,
    connections,
    checks,
    fixes,
    /** An instance for this role of this server. */
    async add(
      server: { host: string; port: number },
      role: TestRole,
      more: Partial<ConnectionSettings> = {},
    ): Promise<string> {
      const { id } = await instances.create({
        name: `${role.user} on ${server.port}`,
        kind: 'external',
        route: { kind: 'direct' },
        connection: {
          hosts: [{ host: server.host, port: server.port }],
          database: role.database,
          user: role.user,
          tls: { mode: 'disable' },
          channelBinding: 'prefer',
          targetSessionAttrs: 'any',
          connectTimeoutSeconds: 10,
          ...more,
        },
      });
      await instances.setPassword(id, role.password, 'session');
      return id;
    },
    /** Runs the checks and gives the report; the operation has to succeed. */
    async report(id: string, only?: readonly CheckId[]): Promise<CheckReport> {
      const { ended } = await checks.run(id, only);
      const view = await ended;
      if (view.state !== 'succeeded')
        throw new Error(`${view.state}: ${JSON.stringify(view.problem ?? view.unexpected)}`);
      const report = checks.latest(id);
      if (report === undefined) throw new Error('no report');
      return report;
    },
    async stop(): Promise<void> {
      await operations.stop(5000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Services = Awaited<ReturnType<typeof startServices>>;

export function result(report: CheckReport, id: CheckId): CheckResult {
  const found = report.results.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no result of ${id}`);
  return found;
}

/** Status by id, to be compared as a whole. */
export function statuses(report: CheckReport): Partial<Record<CheckId, CheckResult['status']>> {
  return Object.fromEntries(report.results.map((each) => [each.id, each.status]));
}
