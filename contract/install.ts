import { z } from 'zod';
import type { Text } from './copy/text.ts';
import { hostPresets } from './hostPreset.ts';
import type { Plan } from './plan.ts';
import { dockerPlaceSchema } from './server.ts';
import { type FileChange, type HostFinding, serverSettingsSchema } from './serverSettings.ts';

/** How an instance's server is run, or is to be: what its compose file is made from. Written to disk as it is: no secret in here. */
export const installationSchema = z.object({
  docker: dockerPlaceSchema,
  preset: z.enum(hostPresets),
  /** On the Docker host: where the compose file and its `.env` are. */
  folder: z.string().min(1).max(1024),
  settings: serverSettingsSchema,
});
export type Installation = z.infer<typeof installationSchema>;

/** What is going to be done, as one plan: files, pull, up. Nothing of it has been done. */
export type InstallPlan = {
  plan: Plan;
  changes: FileChange[];
  findings: HostFinding[];
  /** What the settings say and the server's driver cannot do. */
  limits: Text[];
  /** Why it would not end well; `plan` is still there to look at. */
  blocked: Text[];
};

/** One layer of an image while it is pulled. Bytes are there only where the engine tells them. */
export type PullLayer = {
  id: string;
  state: 'waiting' | 'downloading' | 'verifying' | 'extracting' | 'done' | 'there';
  doneBytes?: number;
  totalBytes?: number;
};
export type PullProgress = { image: string; layers: PullLayer[] };
