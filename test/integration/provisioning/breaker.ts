import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Where a session is cut: `before` the server gets the statement, or `after` it has run and before anybody hears of it. */
export type Cut = { statement: number; when: 'before' | 'after' };

/**
 * Stands between a client and a PostgreSQL without TLS and cuts the connection at the given statement (from 1) of those that are
 * `counted`: what changes something, unless told.
 */
export async function startBreaker(target: { host: string; port: number }, counted = /^(CREATE|ALTER|GRANT) /) {
  let cut: Cut | undefined;
  let seen = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let deaf = false;
    upstream.on('data', (data) => {
      if (!deaf) client.write(data);
      // ReadyForQuery: the statement has run, and committed.
      else if (data.subarray(-6).readUInt8(0) === 0x5a) client.destroy();
    });
    let pending = Buffer.alloc(0);
    let started = false;
    client.on('data', (data) => {
      pending = Buffer.concat([pending, data]);
      for (;;) {
        const header = started ? 1 : 0;
        if (pending.length < header + 4) return;
        const length = header + pending.readInt32BE(header);
        if (pending.length < length) return;
        const message = pending.subarray(0, length);
        pending = pending.subarray(length);
        if (started && message[0] === 0x51 && counted.test(message.toString('utf8', 5))) {
          seen += 1;
          if (cut?.statement === seen) {
            if (cut.when === 'before') {
              client.destroy();
              return;
            }
            deaf = true;
          }
        }
        started = true;
        upstream.write(message);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    arm(next: Cut | undefined) {
      cut = next;
      seen = 0;
    },
    seen: () => seen,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
