import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { isAlive, ownIdentity, processIdentitySchema } from '../../adapters/processIdentity.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';

/** Databases with this prefix are copies of a rehearsal and nothing else. */
const prefix = 'companion_rehearsal_';

/** Milliseconds after which a copy whose owner can't be asked (another computer, or none is named) counts as left behind. */
const abandonedAfter = { otherComputer: 24 * 3600_000, nobody: 3600_000 };

const ownerSchema = z.object({ host: z.string(), process: processIdentitySchema, at: z.string() });

/** A name for a copy, with the moment of its making in it. */
export function copyName(at: Date): string {
  return `${prefix}${at.getTime().toString(36)}_${randomBytes(3).toString('hex')}`;
}

/** Says in the copy's comment whose it is, so that one that is left behind is found. */
export async function claim({ writable }: PostgresSession, name: string, at: Date): Promise<void> {
  const owner: z.infer<typeof ownerSchema> = {
    host: hostname(),
    process: await ownIdentity(),
    at: at.toISOString(),
  };
  await writable.run(`COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${quoteLiteral(JSON.stringify(owner))}`);
}

export async function dropCopy({ writable }: PostgresSession, name: string): Promise<void> {
  if (!name.startsWith(prefix)) throw new Error(`${name} is no copy`);
  await writable.run(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
}

/** Removes the copies of processes that have died. Answers their names. What this role may not remove stays. */
export async function sweepCopies(session: PostgresSession, now: Date): Promise<string[]> {
  const { rows } = await session.writable.run<{ name: string; comment: string | null }>(
    `SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment FROM pg_database
     WHERE starts_with(datname, '${prefix}') AND pg_has_role(current_user, datdba, 'USAGE')`,
  );
  const swept: string[] = [];
  for (const { name, comment } of rows) {
    if (!(await isLeftBehind(name, comment, now))) continue;
    const dropped = await dropCopy(session, name).then(
      () => true,
      () => false,
    );
    if (dropped) swept.push(name);
  }
  return swept;
}

async function isLeftBehind(name: string, comment: string | null, now: Date): Promise<boolean> {
  const made = Number.parseInt(name.slice(prefix.length).split('_')[0] ?? '', 36);
  const age = Number.isNaN(made) ? 0 : now.getTime() - made;
  const owner = ownerSchema.safeParse(parsed(comment));
  if (!owner.success) return age > abandonedAfter.nobody;
  if (owner.data.host !== hostname()) return age > abandonedAfter.otherComputer;
  return !(await isAlive(owner.data.process, new Date(owner.data.at)));
}

function parsed(comment: string | null): unknown {
  try {
    return JSON.parse(comment ?? '');
  } catch {
    return undefined;
  }
}
