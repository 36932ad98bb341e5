import { z } from 'zod';
import { connectionSettingsSchema, databaseAddressSchema, routeSchema, tlsModes } from './connection.ts';
import { hostPresets } from './hostPreset.ts';
import { installationSchema } from './install.ts';
import { dockerPlaceSchema, serverPlaceSchema } from './server.ts';

/** In the order in which the wizard goes through them. */
export const setupSteps = ['docker', 'database', 'connection', 'checks', 'server', 'review', 'install'] as const;
export type SetupStep = (typeof setupSteps)[number];

/** `new`: made beside the server. `builtin`: the one of an Aperture that runs already. */
export const databaseSources = ['new', 'own', 'managed', 'builtin', 'practice'] as const;
export type DatabaseSource = (typeof databaseSources)[number];

/** A URL with a login or a `password=` that was typed or pasted into a field that is not for it. */
const mayHoldPassword = /:\/\/|:[^@\s]*@|pass(?:word|wd|phrase)?\s*=/i;

/** In an address or an image, `://` and a digest's `@` are nothing unusual. */
const mayHoldLogin = /\/\/[^/\s]*@|pass(?:word|wd|phrase)?\s*=/i;

/** As typed, right or wrong. What may hold a password is not kept. */
const typed = (longest: number, refused = mayHoldPassword) =>
  z
    .string()
    .max(longest)
    .transform((value) => (refused.test(value) ? '' : value));

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

/** The server's settings as they were left: text as typed, so that it may be no settings yet. */
export const serverDraftSchema = z.object({
  preset: z.enum(hostPresets),
  folder: typed(1024),
  project: typed(1024),
  image: typed(1024, mayHoldLogin),
  containerName: typed(1024),
  user: typed(1024),
  url: typed(2048, mayHoldLogin),
  port: typed(1024),
  /** Empty: published on every address of the Docker host. */
  bindAddress: typed(1024),
  timeZone: typed(1024),
  libraries: typed(1024),
  backups: typed(1024),
  /** Empty: the container gets no media. */
  media: typed(1024),
  runMigrations: z.boolean(),
  hostGateway: z.boolean(),
  networks: z.array(typed(1024)).max(20),
  /** The PostgreSQL container beside the server, where there is to be one. */
  database: z
    .object({
      image: typed(1024, mayHoldLogin),
      containerName: typed(1024),
      volume: typed(1024),
      user: typed(1024),
      database: typed(1024),
      sharedMemoryMegabytes: typed(1024),
      /** Empty: not reachable on the Docker host itself. */
      publishedPort: typed(1024),
    })
    .optional(),
});
export type ServerDraft = z.infer<typeof serverDraftSchema>;

/** What the wizard has so far. Every field may be missing: it can be left at any step. */
export const setupDraftSchema = z.object({
  step: z.enum(setupSteps),
  /** Where the server is, or is to be. Missing where nothing but a database is to be connected. */
  docker: dockerPlaceSchema.optional(),
  source: z.enum(databaseSources).optional(),
  form: connectionDraftSchema.optional(),
  server: serverDraftSchema.optional(),
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
  /** The schema `companion` of its database: made and used, or refused by the server. Missing while nobody has looked. */
  companionSchema: z.enum(['there', 'not-permitted']).optional(),
});
export type Instance = z.infer<typeof instanceSchema>;

/** Where the database password of an instance is. */
export type SecretPlace = 'keychain' | 'session' | 'none';

export type InstanceView = Instance & { password: SecretPlace };
