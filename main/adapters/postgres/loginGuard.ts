import { type Place, startsLikePostgres, stranger } from './strangers.ts';

/** What a server may say between the start-up packet and the first ReadyForQuery. */
const expected = 'REvNSKZ';

/** Bytes of one message while logging in; libpq's own limit for an error at that time. */
const longest = 30_000;

/**
 * Reads along until the login is done and hands on whole, well-formed messages only. The driver's parser looks for the end of a text
 * beyond the end of its message, for ever, so that a stranger's answer (or a damaged one) would hang the process.
 */
export class LoginGuard {
  #waiting: Buffer = Buffer.alloc(0);
  #first = true;
  #done = false;
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** The bytes that the driver may see now. Throws the problem that they are. */
  pass(bytes: Buffer): Buffer {
    if (this.#done) return bytes;
    const all = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    if (this.#first && !startsLikePostgres(all)) throw stranger(all, this.#place);
    let end = 0;
    while (!this.#done && all.length - end >= 5) {
      const type = String.fromCharCode(all[end] ?? 0);
      const length = all.readUInt32BE(end + 1);
      if (!expected.includes(type) || length < 4 || length > longest) throw stranger(all.subarray(end), this.#place);
      if (end + 1 + length > all.length) break;
      if (!wellFormed(type, all.subarray(end + 5, end + 1 + length))) throw stranger(all.subarray(end), this.#place);
      this.#first = false;
      end += 1 + length;
      this.#done = type === 'Z';
    }
    if (this.#done) {
      this.#waiting = Buffer.alloc(0);
      return all;
    }
    this.#waiting = Buffer.from(all.subarray(end));
    return all.subarray(0, end);
  }
}

/** Whether a message has the parts that its type says (PostgreSQL protocol, "Message Formats"). */
function wellFormed(type: string, body: Buffer): boolean {
  switch (type) {
    case 'E':
    case 'N':
      return endsWithEmpty(body, 0, 1);
    case 'S':
      return texts(body) === 2;
    case 'K':
      return body.length === 8;
    case 'Z':
      return body.length === 1;
    case 'R': {
      if (body.length < 4) return false;
      const method = body.readInt32BE(0);
      if (method === 5) return body.length === 8;
      return method !== 10 || endsWithEmpty(body, 4, 0);
    }
    default:
      return true;
  }
}

/** A list of texts, each after `before` bytes of its own, ended by one zero byte at the very end. */
function endsWithEmpty(body: Buffer, start: number, before: number): boolean {
  let at = start;
  while (at < body.length && body[at] !== 0) {
    const zero = body.indexOf(0, at + before);
    if (zero < 0) return false;
    at = zero + 1;
  }
  return at === body.length - 1;
}

function texts(body: Buffer): number {
  return body.at(-1) === 0 ? body.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0) : 0;
}
