import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** What a client sent to log in, byte for byte as text. */
export type Login = { parameters: Record<string, string>; password?: string };

export type LoginRecorder = { port: number; logins: Login[]; accepting: boolean; close(): Promise<void> };

/**
 * Listens like a PostgreSQL server that asks for the password in clear text and then
 * refuses everybody, or lets them in and answers nothing more (`accepting`). It exists to see what libpq
 * itself read out of a connection string. https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export async function startLoginRecorder(): Promise<LoginRecorder> {
  const logins: Login[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    record(socket, logins, () => recorder.accepting);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const recorder: LoginRecorder = {
    port: address.port,
    logins,
    accepting: false,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return recorder;
}

const encryptionRequests = new Set([80877103, 80877104]);

function record(socket: Socket, logins: Login[], accepting: () => boolean): void {
  let received: Buffer = Buffer.alloc(0);
  let login: Login | undefined;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const header = login === undefined ? 0 : 1;
      if (received.length < header + 4) return;
      const length = received.readUInt32BE(header);
      if (received.length < header + length) return;
      const body = received.subarray(header + 4, header + length);
      received = received.subarray(header + length);
      if (login === undefined && encryptionRequests.has(body.readUInt32BE(0))) {
        socket.write('N');
      } else if (login === undefined) {
        login = { parameters: pairs(body.subarray(4).toString('utf8')) };
        logins.push(login);
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
      } else if (login.password === undefined) {
        login.password = body.subarray(0, -1).toString('utf8');
        if (accepting()) socket.write(welcome());
        else socket.end(refusal());
      } else {
        socket.end();
      }
    }
  });
}

function pairs(text: string): Record<string, string> {
  const parts = text.split('\0');
  const found: Record<string, string> = {};
  for (let at = 0; parts[at] !== undefined && parts[at] !== ''; at += 2) found[parts[at] ?? ''] = parts[at + 1] ?? '';
  return found;
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function refusal(): Buffer {
  return message('E', Buffer.from('SFATAL\0VFATAL\0C28000\0Mrecorded\0\0'));
}

function welcome(): Buffer {
  const parameters = { server_version: '17.0', client_encoding: 'UTF8', standard_conforming_strings: 'on' };
  return Buffer.concat([
    message('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`))),
    message('Z', Buffer.from('I')),
  ]);
}

type Address = { host: string; port: number };
export type Attempt = { addresses: Address[]; host: string; login?: Login; stderr: string };

/**
 * Lets psql connect with a connection string and tells what its libpq made of it: every address that it tried without success, from
 * its own messages (`addresses`), the name of the host where it got in (`host`), and the login, from the recorder.
 *
 * `dialled`: for each of the hosts, 127.0.0.1 is dialled, whatever its name is; the messages then show that address.
 */
export async function readByLibpq(
  psql: string,
  connectionString: string,
  recorder: LoginRecorder,
  dialled?: number,
): Promise<Attempt> {
  recorder.logins.length = 0;
  const none = join(process.cwd(), 'none');
  const child = spawn(psql, ['-X', '-w', '-c', '\\echo :HOST', '-d', connectionString], {
    env: {
      PATH: process.env.PATH ?? '',
      LC_ALL: 'C.UTF-8',
      HOME: none,
      PGPASSFILE: none,
      PGSSLMODE: 'disable',
      PGGSSENCMODE: 'disable',
      ...(dialled === undefined ? {} : { PGHOSTADDR: Array.from({ length: dialled }, () => '127.0.0.1').join(',') }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      output[name] += part;
    });
  }
  await once(child, 'close');
  return {
    addresses: addressesIn(output.stderr),
    host: output.stdout.trimEnd(),
    login: recorder.logins.at(-1),
    stderr: output.stderr,
  };
}

const failed =
  /connection to server (?:at "(.*?)"(?: \([^)\n]*\))?, port (\d+)|on socket "(.*?)\/\.s\.PGSQL\.(\d+)") failed/g;

/** A name with several addresses (localhost) is tried and told once for each. */
function addressesIn(stderr: string): Address[] {
  const found: Address[] = [];
  for (const [, name, port, folder, socketPort] of stderr.matchAll(failed)) {
    const address = { host: name ?? folder ?? '', port: Number(port ?? socketPort) };
    const last = found.at(-1);
    if (last?.host !== address.host || last.port !== address.port || name !== 'localhost') found.push(address);
  }
  return found;
}
