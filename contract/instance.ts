import { z } from 'zod';
import { connectionSettingsSchema, databaseAddressSchema, routeSchema, tlsModes } from './connection.ts';
import { installationSchema } from './install.ts';
import { serverPlaceSchema } from './server.ts';

export const setupSteps = ['database', 'connection', 'checks'] as const;
export type SetupStep = (typeof setupSteps)[number];

/** A URL with a login or a `password=` that was typed or pasted into a field that is not for it. */
const mayHoldPassword = /:\/\/|:[^@\s]*@|pass(?:word|wd|phrase)?\s*=/i;

/** As typed, right or wrong. What may hold a password is not kept. */
const typed = (longest: number) =>
  z
    .string()
    .max(longest)
    .transform((value) => (mayHoldPassword.test(value) ? '' : value));

/** The connection form as it was left, where it is not fit to be settings yet. It has no place for a password. */
export const connectionDraftSchema = z.object({
  name: typed(1024),
  addresses: z
    .array(z.object({ host: typed(1024), port: typed(1024) }))
    .min(1)
    .max(16),
  database: typed(1024),
  user: typed(1024),
  route: routeSchema,
  tlsMode: z.enum(tlsModes),
  ca: typed(200_000),
  caPath: typed(4096),
  clientCertificatePath: typed(4096),
  clientKeyPath: typed(4096),
  serverName: typed(1024),
  plainAccepted: z.boolean(),
  channelBinding: connectionSettingsSchema.shape.channelBinding,
  targetSessionAttrs: connectionSettingsSchema.shape.targetSessionAttrs,
  connectTimeoutSeconds: typed(1024),
  options: typed(4096),
});
export type ConnectionDraft = z.infer<typeof connectionDraftSchema>;

/** What the wizard has so far. Every field may be missing: it can be left at any step. */
export const setupDraftSchema = z.object({
  step: z.enum(setupSteps),
  source: z.enum(['own', 'managed', 'practice']).optional(),
  form: connectionDraftSchema.optional(),
});
export type SetupDraft = z.infer<typeof setupDraftSchema>;

/** One Aperture installation that the app manages. Written to disk as it is: no secret may ever be added. */
export const instanceSchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  kind: z.enum(['external', 'practice']),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Missing while the wizard has not got that far. */
  connection: connectionSettingsSchema.optional(),
  route: routeSchema,
  /** Missing once set-up is finished. */
  setup: setupDraftSchema.optional(),
  /** Missing while nobody has said where the server's container is. */
  server: serverPlaceSchema.optional(),
  /** Missing where the app didn't install the server, and has not read its compose file. */
  installation: installationSchema.optional(),
  /** The database as the server's container finds it, where that is another address than the app's: a service's or a container's name. */
  seenByServer: databaseAddressSchema.optional(),
});
export type Instance = z.infer<typeof instanceSchema>;

/** Where the database password of an instance is. */
export type SecretPlace = 'keychain' | 'session' | 'none';

export type InstanceView = Instance & { password: SecretPlace };
