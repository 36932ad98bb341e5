import { z } from 'zod';
import { sideDatabaseStates } from '../../../contract/restore.ts';

/** What the app writes about a database into its comment. No secret: every role of the server can read it. */
const noteSchema = z.object({
  version: z.literal(1),
  state: z.enum(sideDatabaseStates),
  besides: z.string().min(1),
  operationId: z.string().min(1).max(64),
  since: z.iso.datetime(),
  keepUntil: z.iso.datetime().optional(),
  /** The comment that somebody else had given it, which it gets back when it is in use again. */
  comment: z.string().optional(),
});
export type DatabaseNote = z.infer<typeof noteSchema>;

/** For people who read it in another program, and what the app knows its own notes by. */
const opening = 'Made or set aside by Aperture Companion; do not edit: ';

export function writeNote(note: DatabaseNote): string {
  return opening + JSON.stringify(note);
}

/** The note in a comment; undefined for a comment of somebody else's, and for one that was edited beyond reading. */
export function readNote(comment: string | null): DatabaseNote | undefined {
  if (comment === null || !comment.startsWith(opening)) return undefined;
  try {
    const { data } = noteSchema.safeParse(JSON.parse(comment.slice(opening.length)));
    return data;
  } catch {
    return undefined;
  }
}
