import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';

/**
 * What a file is encrypted for. Everybody who holds the key of one of the recipients (`age1…`) can open it, or everybody who knows the
 * passphrase; the format does not allow both.
 */
export type AgeTarget =
  | { kind: 'recipients'; recipients: readonly string[] }
  | { kind: 'passphrase'; passphrase: string };

/** What opens it: an identity (`AGE-SECRET-KEY-1…`) or the passphrase. */
export type AgeKey = { kind: 'identity'; identity: string } | { kind: 'passphrase'; passphrase: string };

/** Pure JavaScript, loaded when the first file is encrypted. It runs wherever main does: Electron has no ChaCha20-Poly1305 of its own. */
const load = () => import('age-encryption');

/** A new key pair. The identity is a secret. */
export async function generateKeyPair(): Promise<{ identity: string; recipient: string }> {
  const age = await load();
  const identity = await age.generateX25519Identity();
  return { identity, recipient: await age.identityToRecipient(identity) };
}

/** The public half of an identity, or undefined for what is no identity. */
export async function recipientOf(identity: string): Promise<string | undefined> {
  const age = await load();
  return age.identityToRecipient(identity).catch(() => undefined);
}

/** Whether something can be encrypted for it. */
export async function isRecipient(recipient: string): Promise<boolean> {
  const { Encrypter } = await load();
  try {
    new Encrypter().addRecipient(recipient);
    return true;
  } catch {
    return false;
  }
}

/**
 * The stream as an age v1 file (https://age-encryption.org/v1), which the `age` tool opens. Constant memory (64 KiB chunks), but for a
 * passphrase, whose scrypt takes 256 MiB for a second. The source is destroyed with the result. Destroyed by the signal.
 */
export async function encrypt(source: Readable, target: AgeTarget, signal: AbortSignal): Promise<Readable> {
  const { Encrypter } = await load();
  const encrypter = new Encrypter();
  if (target.kind === 'passphrase') encrypter.setPassphrase(target.passphrase);
  else for (const recipient of target.recipients) encrypter.addRecipient(recipient);
  return fromWeb(await encrypter.encrypt(toWeb(source)), source, signal);
}

/**
 * What is inside of an age file. Each chunk is authenticated before it is given out; the stream fails with `backup-damaged` where one is
 * not what was written, also when the file ends too early. Raises `backup-key-wrong` for another key.
 */
export async function decrypt(source: Readable, key: AgeKey, signal: AbortSignal): Promise<Readable> {
  const { Decrypter } = await load();
  const decrypter = new Decrypter();
  if (key.kind === 'passphrase') decrypter.addPassphrase(key.passphrase);
  else decrypter.addIdentity(key.identity);
  let opened: ReadableStream<Uint8Array>;
  try {
    opened = await decrypter.decrypt(toWeb(source));
  } catch (cause) {
    source.destroy();
    if (signal.aborted) throw cancelled(cause);
    throw openingProblem(cause);
  }
  const plain = fromWeb(opened, source, signal);
  return Readable.from(explained(plain), { objectMode: false });
}

async function* explained(plain: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of plain as AsyncIterable<Uint8Array>) yield chunk;
  } catch (cause) {
    if (cause instanceof ProblemError || isAbort(cause)) throw cause;
    throw damaged(cause);
  }
}

function openingProblem(cause: unknown): unknown {
  if (!(cause instanceof Error) || isSystemError(cause)) return cause;
  if (/no identity matched/.test(cause.message)) return new ProblemError('backup-key-wrong', {}, { cause });
  return damaged(cause);
}

/** The library's errors have no codes; those of files and sockets have one and stay what they are. */
function damaged(cause: unknown): unknown {
  if (isSystemError(cause)) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ProblemError('backup-damaged', { path: '', reason: detail }, { cause, detail });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]/.test(error.code);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/**
 * Chunk by chunk as they are asked for. Node's own adapter pushes, and throws out of an event when the reader gave up in between: in a
 * damaged file it does, and nobody can catch that.
 */
function toWeb(source: Readable): ReadableStream<Uint8Array> {
  const chunks = (source as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      source.destroy();
    },
  });
}

function fromWeb(stream: ReadableStream<Uint8Array>, source: Readable, signal: AbortSignal): Readable {
  const result = Readable.fromWeb(stream as unknown as NodeReadableStream<Uint8Array>, { signal });
  result.once('close', () => source.destroy());
  return result;
}
