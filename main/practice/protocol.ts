import path from 'node:path';
import { z } from 'zod';
import { processIdentitySchema } from '../adapters/processIdentity.ts';

/** What the practice process says to the one that started it. */
export const fromPracticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), port: z.int() }),
  /** Another process serves this folder already, or is about to. */
  z.object({ type: z.literal('held') }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
export type FromPractice = z.infer<typeof fromPracticeSchema>;

/** What it is told: to write everything to disk and end. */
export const toPracticeSchema = z.object({ type: z.literal('stop') });
export type ToPractice = z.infer<typeof toPracticeSchema>;

/** Where it can be reached, beside the data, for other processes of the app. */
export const portFileSchema = processIdentitySchema.extend({ port: z.int(), since: z.string() });
export type PortFile = z.infer<typeof portFileSchema>;

/** The files of one practice database. */
export function practiceFiles(folder: string): { data: string; lock: string; port: string; initialised: string } {
  return {
    data: path.join(folder, 'data'),
    lock: path.join(folder, 'lock'),
    port: path.join(folder, 'port.json'),
    /** Made once the data folder is complete: one without it was being made when the process was killed, and holds nothing. */
    initialised: path.join(folder, 'initialised'),
  };
}
