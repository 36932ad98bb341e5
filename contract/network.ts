import { z } from 'zod';

/** A network of a Docker engine. */
export type NetworkFound = {
  name: string;
  driver: string;
  subnets: string[];
  gateways: string[];
  internal: boolean;
  containers: { name: string; address: string; aliases: string[] }[];
  /** Created by Compose for this project. */
  project?: string;
};

/** A change to networks that the app makes on request, as a plan first. */
export const networkChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create'), network: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/) }),
  z.object({
    kind: z.literal('connect'),
    network: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/),
    container: z.string().min(1).max(255),
  }),
]);
export type NetworkChange = z.infer<typeof networkChangeSchema>;
