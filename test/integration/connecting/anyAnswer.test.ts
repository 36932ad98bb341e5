import { createServer, type Server } from 'node:net';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { lookAtTls } from '../../../main/adapters/certificates.ts';
import { directDial } from '../../../main/adapters/directDial.ts';
import { freePort } from '../../support/ports.ts';
import { attempt, settingsFor } from './attempts.ts';

/** Says to each packet of a client what is next in its list, then hangs up. */
let answers: Buffer[] = [];
let server: Server;
let port: number;
const unhandled: unknown[] = [];
const remember = (error: unknown) => unhandled.push(error);

beforeAll(async () => {
  process.on('uncaughtException', remember);
  process.on('unhandledRejection', remember);
  port = await freePort();
  server = createServer((socket) => {
    const left = [...answers];
    socket.on('error', () => {});
    socket.on('data', () => {
      const answer = left.shift();
      if (answer === undefined) socket.destroy();
      else if (left.length === 0) socket.end(answer);
      else socket.write(answer);
      // A client that waits for more than it gets is not what is tested here.
      setTimeout(() => socket.destroy(), 50);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
});
afterAll(async () => {
  process.off('uncaughtException', remember);
  process.off('unhandledRejection', remember);
  await new Promise((resolve) => server.close(resolve));
});

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));

/** A message of the protocol: a known type more often than not, a true length more often than not. */
const message = fc
  .record({
    type: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...'RRRREENSKZTDCIGHWsAtv123n') },
      { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 1 }) },
    ),
    authentication: fc.option(fc.constantFrom(0, 2, 3, 5, 7, 8, 9, 10, 11, 12, 99)),
    payload: bytes,
    lie: fc.option(fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }), { freq: 8 }),
  })
  .map(({ type, authentication, payload, lie }) => {
    const number = Buffer.alloc(authentication === null ? 0 : 4);
    if (authentication !== null) number.writeInt32BE(authentication);
    const head = Buffer.alloc(5);
    head.write(type, 'latin1');
    head.writeInt32BE(lie ?? 4 + number.length + payload.length, 1);
    return Buffer.concat([head, number, payload]);
  });

const answer = fc.oneof(
  bytes,
  fc.array(message, { minLength: 1, maxLength: 4 }).map((all) => Buffer.concat(all)),
);
const negotiation = fc.constantFrom('S', 'N', 'E', 'SS', 'NR').map((text) => Buffer.from(text));

describe('whatever a server says', () => {
  test.prop([fc.array(answer, { minLength: 1, maxLength: 4 })], { numRuns: 150 })(
    'a plain login ends with a problem, never otherwise',
    async (given) => {
      answers = given;
      const settings = settingsFor({ host: '127.0.0.1', port }, { connectTimeoutSeconds: 1 });
      await attempt(settings, { password: 'secret', queryTimeoutMs: 300 });
      expect(unhandled).toEqual([]);
    },
  );

  test.prop([negotiation, fc.array(answer, { maxLength: 3 })], { numRuns: 100 })(
    'an encrypted login and a look at the certificates, too',
    async (first, then) => {
      answers = [first, ...then];
      const settings = settingsFor(
        { host: '127.0.0.1', port },
        { connectTimeoutSeconds: 1, tls: { mode: 'prefer', plainAccepted: true } },
      );
      await attempt(settings, { password: 'secret' });
      const trust = { ca: undefined, serverName: undefined };
      await lookAtTls(directDial(), { host: '127.0.0.1', port }, trust, AbortSignal.timeout(1000)).catch(() => {});
      expect(unhandled).toEqual([]);
    },
  );
});
