import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** What PostgreSQL takes when nobody says otherwise (`scram_iterations`, 16 and newer). */
const defaultIterations = 4096;

/**
 * The password as PostgreSQL and libpq hash it: SASLprep (RFC 4013) where it applies, the password itself where SASLprep
 * refuses it (a prohibited or unassigned character, mixed directions) — PostgreSQL's own fallback, see pg_saslprep().
 */
async function saslPrepared(password: string): Promise<string> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL looks at ASCII no further, control characters included.
  if (/^[\u0000-\u007f]*$/.test(password)) return password;
  // Its tables are large, and hardly anybody needs them.
  const { default: saslprep } = await import('@mongodb-js/saslprep');
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}

/**
 * What PostgreSQL would store for this password (RFC 5803 as PostgreSQL writes it). Sent in place of the password, so that
 * the clear text is in no statement: not in the server's log, not in pg_stat_activity.
 */
export async function scramVerifier(password: string, { iterations = defaultIterations } = {}): Promise<string> {
  const salt = randomBytes(16);
  const { storedKey, serverKey } = await keysOf(password, salt, iterations);
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  return `SCRAM-SHA-256$${iterations}:${base64(salt)}$${base64(storedKey)}:${base64(serverKey)}`;
}

/** Whether this stored verifier is of this password. MD5 and anything unknown is not: it is worth replacing. */
export async function verifierMatches(verifier: string, password: string): Promise<boolean> {
  const match = /^SCRAM-SHA-256\$(\d{1,7}):([^$]+)\$([^:]+):(.+)$/.exec(verifier);
  if (match === null) return false;
  const [, iterations = '', salt = '', stored = ''] = match;
  const { storedKey } = await keysOf(password, Buffer.from(salt, 'base64'), Number(iterations));
  const expected = Buffer.from(stored, 'base64');
  return expected.length === storedKey.length && timingSafeEqual(expected, storedKey);
}

async function keysOf(password: string, salt: Buffer, iterations: number) {
  const salted = await derive(await saslPrepared(password), salt, iterations, 32, 'sha256');
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest();
  return {
    storedKey: createHash('sha256').update(keyed('Client Key')).digest(),
    serverKey: keyed('Server Key'),
  };
}
