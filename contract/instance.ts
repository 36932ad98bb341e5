import { z } from 'zod';
import { connectionSettingsSchema, routeSchema } from './connection.ts';
import { serverPlaceSchema } from './server.ts';

export const setupSteps = ['database', 'connection', 'checks'] as const;
export type SetupStep = (typeof setupSteps)[number];

/** What the wizard has so far. Every field may be missing: it can be left at any step. */
export const setupDraftSchema = z.object({
  step: z.enum(setupSteps),
  source: z.enum(['own', 'managed', 'practice']).optional(),
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
});
export type Instance = z.infer<typeof instanceSchema>;

/** Where the database password of an instance is. */
export type SecretPlace = 'keychain' | 'session' | 'none';

export type InstanceView = Instance & { password: SecretPlace };
