import { z } from 'zod';
import { backupChannels } from './backupChannels.ts';
import type { CheckReport } from './check.ts';
import { checkIds } from './check.ts';
import type { ConnectionReport } from './connection.ts';
import { connectionSettingsSchema, databaseAddressSchema, routeSchema } from './connection.ts';
import { runnableFixIds } from './fix.ts';
import type { ImportCandidate } from './imports.ts';
import type { Instance, InstanceView, SecretPlace } from './instance.ts';
import { instanceSchema, setupDraftSchema } from './instance.ts';
import { migrationChannels } from './migrationChannels.ts';
import type { OperationLogLine, OperationView } from './operation.ts';
import type { Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import type { Prompt } from './prompt.ts';
import { promptAnswerSchema } from './prompt.ts';
import { request } from './request.ts';
import { serverChannels } from './serverChannels.ts';
import type { AppInfo, KeychainState, Settings, ToolFound } from './settings.ts';
import { settingsSchema } from './settings.ts';
import { setupChannels } from './setupChannels.ts';
import type { HostKeyPin, SshHost, SshTestReport } from './sshHost.ts';
import { sshHostSchema } from './sshHost.ts';

const id = z.string().min(1).max(64);
const nothing = z.undefined();
/** Secrets are bounded so that a mistaken paste of a file is refused; Windows keeps at most 2,560 bytes. */
const secret = z.string().max(8192);
const administratorLogin = z.object({ user: z.string().min(1).max(256), password: secret });

/**
 * Every question that the window may ask. A renamed channel fails to compile on both sides. No answer holds a secret.
 * Anything that takes longer than a moment answers with the id of an operation at once, and reports by events.
 */
export const channels = {
  'app.info': request<AppInfo>()(nothing),
  'app.openLink': request<void>()(z.object({ url: z.url().max(2048) })),
  'app.copy': request<void>()(z.object({ text: z.string().max(50_000_000) })),
  'app.showDataFolder': request<void>()(nothing),
  'settings.get': request<Settings>()(nothing),
  'settings.set': request<Settings>()(settingsSchema.partial()),
  'tools.find': request<ToolFound[]>()(nothing),

  'instances.list': request<{ instances: InstanceView[]; selected?: string; problem?: Problem }>()(nothing),
  'instances.create': request<InstanceView>()(
    instanceSchema.pick({ name: true, kind: true, route: true }).extend({
      connection: connectionSettingsSchema.optional(),
      setup: setupDraftSchema.optional(),
      password: secret.optional(),
    }),
  ),
  /** Missing fields stay as they are; `setup: null` finishes the set-up. */
  'instances.update': request<InstanceView>()(
    z.object({
      id,
      name: z.string().min(1).max(200).optional(),
      connection: connectionSettingsSchema.optional(),
      route: routeSchema.optional(),
      setup: setupDraftSchema.nullable().optional(),
      /** `null`: the server finds the database where the app does. */
      seenByServer: databaseAddressSchema.nullable().optional(),
    }),
  ),
  'instances.remove': request<void>()(z.object({ id })),
  'instances.select': request<void>()(z.object({ id: id.nullable() })),
  /** `session`: keep it in memory only. Answers where it is now. */
  'instances.setPassword': request<SecretPlace>()(
    z.object({ id, password: secret, place: z.enum(['keychain', 'session']) }),
  ),
  'instances.forgetPassword': request<void>()(z.object({ id })),

  /** Reads a compose file, .env, .pgpass or pg_service.conf that the user chooses in the system's dialog. */
  'imports.chooseFile': request<{ path: string; candidates: ImportCandidate[] } | null>()(nothing),
  'imports.text': request<{ candidates: ImportCandidate[] }>()(
    z.object({ text: z.string().max(1_000_000), name: z.string().max(1024) }),
  ),
  /** Makes an instance out of a candidate; its password goes from main straight into the keychain. */
  'imports.accept': request<InstanceView>()(
    z.object({ candidateId: id, name: z.string().min(1).max(200), place: z.enum(['keychain', 'session']) }),
  ),
  'files.choose': request<{ path: string; text?: string } | null>()(
    z.object({ purpose: z.enum(['certificate-authority', 'client-certificate', 'client-key', 'ssh-key']) }),
  ),

  /** Tries the instance's settings; the report comes as an event and with `connection.latest`. */
  'connection.test': request<{ operationId: string }>()(z.object({ instanceId: id })),
  'connection.latest': request<ConnectionReport | null>()(z.object({ instanceId: id })),
  /**
   * Why the last test's login was refused, asked with an administrator's login that is used for this once and not stored.
   * Null when the server knows nothing beyond what it said already.
   */
  'connection.explain': request<Problem | null>()(z.object({ instanceId: id, administrator: administratorLogin })),
  'checks.run': request<{ operationId: string }>()(
    z.object({ instanceId: id, only: z.array(z.enum(checkIds)).min(1).optional() }),
  ),
  'checks.latest': request<CheckReport | null>()(z.object({ instanceId: id })),
  'fixes.plan': request<Plan>()(
    z.object({
      instanceId: id,
      fixes: z.array(z.enum(runnableFixIds)).min(1).max(20),
      as: z.enum(['app', 'administrator']),
    }),
  ),
  /** Runs a plan that was shown. An administrator's login is used for this once and not stored. */
  'fixes.run': request<{ operationId: string }>()(
    z.object({
      planId: id,
      administrator: administratorLogin.optional(),
    }),
  ),

  ...setupChannels,
  ...serverChannels,
  ...backupChannels,
  ...migrationChannels,

  'sshHosts.list': request<{ hosts: SshHost[]; aliases: string[]; agentSockets: string[] }>()(nothing),
  'sshHosts.save': request<SshHost>()(sshHostSchema),
  'sshHosts.remove': request<void>()(z.object({ id })),
  'sshHosts.test': request<{ operationId: string }>()(z.object({ id })),
  'sshHosts.latest': request<SshTestReport | null>()(z.object({ id })),
  'hostKeys.list': request<HostKeyPin[]>()(nothing),
  'hostKeys.forget': request<void>()(z.object({ host: z.string().min(1).max(1024), port: z.int().min(1).max(65535) })),

  'keychain.state': request<KeychainState>()(nothing),
  'keychain.forget': request<void>()(z.object({ account: z.string().min(1).max(512) })),

  'operations.list': request<OperationView[]>()(
    z.object({ instanceId: id.optional(), limit: z.int().min(1).max(1000) }),
  ),
  'operations.log': request<OperationLogLine[]>()(z.object({ id })),
  'operations.cancel': request<void>()(z.object({ id })),

  /** Questions that still wait: for a window that was loaded again. */
  'prompts.pending': request<Prompt[]>()(nothing),
  'prompts.answer': request<void>()(z.object({ id, answer: promptAnswerSchema })),
  'practice.create': request<{ instance: Instance; operationId: string }>()(nothing),
} as const;

export type Channels = typeof channels;
export type ChannelName = keyof Channels;
export type ChannelInput<Name extends ChannelName> = z.input<Channels[Name]['input']>;
export type ChannelOutput<Name extends ChannelName> = Exclude<Channels[Name]['output'], undefined>;

/** How an answer crosses: Electron keeps only the message of a thrown error, so failures go as data. */
export type Envelope<Value> =
  | { ok: true; value: Value }
  | { ok: false; problem: Problem }
  | { ok: false; unexpected: { reference: string } };
