import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createBackendFrames, createClientFrames } from '../../main/practice/frames.ts';

const message = (type: string, body: Buffer) => {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type, 0, 'latin1');
  bytes.writeInt32BE(4 + body.length, 1);
  body.copy(bytes, 5);
  return bytes;
};
const request = (code: number, rest = 0) => {
  const bytes = Buffer.alloc(8 + rest);
  bytes.writeInt32BE(8 + rest, 0);
  bytes.writeInt32BE(code, 4);
  return bytes;
};
/** Cuts bytes at these places. */
const pieces = (whole: Buffer, cuts: readonly number[]) => {
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return places.slice(1).map((to, index) => whole.subarray(places[index], to));
};
const body = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

describe('messages of the protocol', () => {
  test.prop([
    fc.array(fc.tuple(fc.constantFrom('Q', 'P', 'B', 'S', 'd'), body), { maxLength: 10 }),
    fc.array(fc.nat()),
  ])('of a client are the same however they are cut', (sent, cuts) => {
    const messages = sent.map(([type, content]) => message(type, content));
    const whole = Buffer.concat([request(80877103), request(196608, 10), ...messages, message('X', Buffer.alloc(0))]);
    const frames = createClientFrames();
    const received = pieces(whole, cuts).flatMap((piece) => frames.push(piece));
    expect(received.map(({ kind }) => kind)).toEqual([
      'encryption-request',
      'startup',
      ...messages.map(() => 'message'),
      'terminate',
    ]);
    const contents = received.flatMap((one) => (one.kind === 'message' ? [Buffer.from(one.bytes)] : []));
    expect(contents).toEqual(messages);
  });

  test.prop([
    fc.array(fc.tuple(fc.constantFrom('T', 'D', 'C', 'E', 'N'), body), { maxLength: 10 }),
    fc.constantFrom('I', 'T', 'E'),
    fc.array(fc.nat()),
  ])('of the backend end with its state however they are cut', (sent, status, cuts) => {
    const frames = createBackendFrames();
    frames.asked();
    const before = Buffer.concat(sent.map(([type, content]) => message(type, content)));
    for (const piece of pieces(before, cuts)) frames.push(piece);
    expect(frames.state()).toBe('busy');
    for (const piece of pieces(message('Z', Buffer.from(status)), cuts)) frames.push(piece);
    expect(frames.state()).toBe(status === 'I' ? 'ready' : 'busy');
  });

  it('that are not PostgreSQL’s are refused', () => {
    expect(() => createClientFrames().push(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow();
    expect(() => createClientFrames().push(Buffer.from('SSH-2.0-x\r\n'))).toThrow();
    expect(createClientFrames().push(request(80877102, 8))).toEqual([{ kind: 'cancel-request' }]);
    expect(createClientFrames().push(request(80877104))).toEqual([{ kind: 'encryption-request' }]);
  });
});
