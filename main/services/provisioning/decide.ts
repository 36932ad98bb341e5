import { encodePercent } from '../../../contract/connectionString/percent.ts';
import { type Text, text } from '../../../contract/copy/text.ts';
import type { ProvisionWish } from '../../../contract/provisioning.ts';
import { scramVerifier } from './scramVerifier.ts';
import type { Situation } from './situation.ts';
import {
  alterRole,
  changeOwner,
  createDatabase,
  createExtension,
  createRole,
  grantMembership,
  grantOnDatabase,
  grantOnSchema,
  neededExtensions,
  type RoleAttributes,
} from './statements.ts';

/** One statement, and the same as it is shown: without what is derived from the password. */
export type Statement = { database: string; statement: string; shown: string };

export type Decision = { statements: Statement[]; notes: Text[] };

/** The server uses up to 20 connections; a few more are for backups and checks. */
const neededConnections = 25;

/** What stands for the password where a plan or a journal shows it. */
const hidden = '***';

/**
 * The statements that lead from what there is to what Aperture needs, and no others: run again, there are none left.
 * `passwordWorks`: the role can log in with the password already.
 */
export async function decide(
  wish: ProvisionWish,
  situation: Situation,
  { password, passwordWorks, chosen }: { password: string; passwordWorks: boolean; chosen: boolean },
): Promise<Decision> {
  const { role, database } = wish;
  const { administrator, maintenance } = situation;
  const statements: Statement[] = [];
  const notes: Text[] = [];
  const add = (at: string, statement: string, shown = statement) => statements.push({ database: at, statement, shown });

  // Neon's control plane refuses anything but the password itself.
  const clearText = situation.provider === 'neon';
  const sent = async () => (clearText ? password : scramVerifier(password, { iterations: situation.iterations }));
  const withRole = async (make: typeof createRole, attributes: RoleAttributes, setPassword: boolean) =>
    add(
      maintenance,
      make(role, setPassword ? { ...attributes, password: await sent() } : attributes),
      make(role, setPassword ? { ...attributes, password: hidden } : attributes).replace(`'${hidden}'`, hidden),
    );

  if (situation.role === undefined) {
    await withRole(createRole, { login: true }, true);
    if (!situation.mayCreateRole) notes.push(text('provision.note.may-not-create-role', { administrator }));
  } else {
    const { canLogin, expired, connectionLimit, superuser } = situation.role;
    const attributes: RoleAttributes = {
      ...(canLogin ? {} : { login: true }),
      ...(expired ? { neverExpires: true } : {}),
      ...(connectionLimit >= 0 && connectionLimit < neededConnections ? { unlimitedConnections: true } : {}),
    };
    const altered = Object.keys(attributes).length > 0;
    if (altered || !passwordWorks) await withRole(alterRole, attributes, !passwordWorks);
    if (!passwordWorks) notes.push(text('provision.note.role-password', { role }));
    else notes.push(text(altered ? 'provision.note.role-altered' : 'provision.note.role-kept', { role }));
    if (superuser) notes.push(text('provision.note.role-superuser', { role }));
  }
  const passwordSent = statements.length > 0 && !passwordWorks;

  const later = inDatabase(wish, situation, notes);
  const needsNewDatabase = situation.database === undefined;
  const takesOver =
    situation.database !== undefined && !situation.database.ownedByRole && situation.database.inside?.relations === 0;
  const isMember = situation.role?.member ?? false;
  if (!situation.superuser && !isMember && (needsNewDatabase || takesOver || later.length > 0)) {
    add(maintenance, grantMembership(role, administrator, situation.versionNum));
    notes.push(text('provision.note.member', { administrator, role }));
  }
  if (situation.database === undefined) {
    const forceUtf8 = situation.templateEncoding !== 'UTF8';
    add(maintenance, createDatabase(database, role, { forceUtf8 }));
    if (forceUtf8) notes.push(text('provision.note.utf8', { encoding: situation.templateEncoding }));
    if (!situation.mayCreateDatabase) notes.push(text('provision.note.may-not-create-database', { administrator }));
  } else {
    const { owner, encoding, ownedByRole, inside } = situation.database;
    if (encoding !== 'UTF8') notes.push(text('provision.note.database-encoding', { database, encoding }));
    if (ownedByRole) notes.push(text('provision.note.database-kept', { database, role }));
    else if (takesOver) {
      add(maintenance, changeOwner(database, role));
      notes.push(text('provision.note.database-owner', { database, owner, role }));
    } else {
      if (inside?.mayConnectAndCreate !== true) add(maintenance, grantOnDatabase(database, role));
      notes.push(text('provision.note.database-foreign', { database, owner, role, count: inside?.relations ?? 0 }));
    }
  }
  for (const statement of later) add(database, statement);

  if (passwordSent) notes.unshift(text(clearText ? 'provision.note.clear-text' : 'provision.note.verifier'));
  if (statements.length > 0) notes.unshift(text('provision.note.administrator', { administrator }));
  if (chosen && encodePercent(password) !== password) notes.push(text('provision.note.password-encoding'));
  return { statements, notes };
}

/** What is done inside of the new database, in the order in which it is safest to stop. */
function inDatabase({ role }: ProvisionWish, situation: Situation, notes: Text[]): string[] {
  const inside = situation.database?.inside;
  const statements: string[] = [];
  if (inside?.grantedOnSchema !== true) statements.push(grantOnSchema(role));
  for (const name of neededExtensions) {
    if (inside?.installed.includes(name) === true) continue;
    const available = situation.available?.find((each) => each.name === name);
    if (situation.available !== undefined && available === undefined) {
      notes.push(text('provision.note.extension-unavailable', { extension: name }));
    } else if (!situation.mayEnableExtensions && available?.trusted !== true) {
      const { administrator } = situation;
      const values = { administrator, extension: name, statement: createExtension(name) };
      notes.push(text('provision.note.extension-not-permitted', values));
    } else statements.push(createExtension(name));
  }
  return statements;
}
