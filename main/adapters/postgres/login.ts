import type { Duplex } from 'node:stream';
import type { Client } from 'pg';
import { ProblemError } from '../../problems/ProblemError.ts';
import { DriverStream } from './driverStream.ts';
import { LoginGuard } from './loginGuard.ts';
import type { Notice } from './session.ts';
import type { Place } from './strangers.ts';

export type LoginOptions = {
  stream: Duplex;
  encrypted: boolean;
  place: Place;
  password: string | undefined;
  channelBinding: 'disable' | 'prefer' | 'require';
  options: string | undefined;
  applicationName: string;
  signal: AbortSignal;
  /** The server has taken the password; it may still refuse the session. */
  onAuthenticated: () => void;
};

export type Login = {
  client: Client;
  parameters: Map<string, string>;
  notices: Notice[];
  channelBound: boolean;
  backendKey: { processId: number; secretKey: number } | undefined;
  /** ReadyForQuery messages since the login: one for each round trip. */
  roundTrips(): number;
};

/** At most this many notices are kept; a chatty migration could send one for each row. */
const noticesKept = 100;

/**
 * Logs in over a stream that is already open, and encrypted when it is to be. The driver gets fields only, never a URL, and sees nothing
 * of the process's environment. Rejects with the server's own error, the driver's, or a ProblemError (`password-required`,
 * `password-empty`, `channel-binding-unavailable`, `not-postgres-…`).
 */
export async function login(options: LoginOptions): Promise<Login> {
  // Loaded here, so that the window's first paint does not wait for it.
  const { default: pg } = await import('pg');
  options.signal.throwIfAborted();
  const { place } = options;

  const driverStream = new DriverStream(options.stream, new LoginGuard(place));
  const mechanisms: string[] = [];
  let asked = false;
  const binds = options.encrypted && options.channelBinding !== 'disable';
  const channelBound = () => binds && mechanisms.includes('SCRAM-SHA-256-PLUS');

  const client = new pg.Client({
    host: place.host,
    port: place.port,
    user: place.user,
    database: place.database,
    // A function, because without a password the driver would look into PGPASSWORD and ~/.pgpass. It is called when the server
    // has said how it wants the password, and before anything is sent.
    password: async () => {
      asked = true;
      if (options.channelBinding === 'require' && !channelBound()) {
        throw new ProblemError('channel-binding-unavailable', { ...place, offered: mechanisms.join(', ') });
      }
      if (options.password === undefined) throw new ProblemError('password-required', { ...place });
      if (options.password === '') throw new ProblemError('password-empty', { ...place });
      return options.password;
    },
    ssl: false,
    // The driver's name for what it needs is a whole Duplex; DriverStream has the part that it calls.
    stream: () => driverStream as unknown as Duplex,
    enableChannelBinding: binds,
    ...explicitly({ sslnegotiation: 'postgres' }),
  });
  Object.assign(client, {
    // Exactly these start-up parameters: the driver's own would take PGOPTIONS and PGREPLICATION from the environment.
    getStartupConf: () => ({
      user: place.user,
      database: place.database,
      application_name: options.applicationName,
      ...(options.options === undefined || options.options === '' ? {} : { options: options.options }),
    }),
  });

  const parameters = new Map<string, string>();
  const notices: Notice[] = [];
  let ready = 0;
  const wire = client.connection;
  wire.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
    parameters.set(message.parameterName, message.parameterValue);
  });
  wire.on('authenticationOk', () => {
    if (asked) options.onAuthenticated();
  });
  wire.on('authenticationSASL', (message: { mechanisms: string[] }) => mechanisms.push(...message.mechanisms));
  wire.on('readyForQuery', () => {
    ready += 1;
  });
  client.on('notice', (notice) => {
    notices.push({
      severity: notice.severity ?? '',
      code: notice.code ?? '',
      message: notice.message ?? '',
      ...(notice.detail === undefined ? {} : { detail: notice.detail }),
      ...(notice.hint === undefined ? {} : { hint: notice.hint }),
    });
    if (notices.length > noticesKept) notices.shift();
  });
  // Without a listener a late error would end the process; the ones that matter reach the caller by the promise or by 'end'.
  client.on('error', () => {});

  const aborted = () => options.stream.destroy();
  options.signal.addEventListener('abort', aborted, { once: true });
  try {
    await client.connect();
    if (options.channelBinding === 'require' && !channelBound()) {
      throw new ProblemError('channel-binding-unavailable', { ...place, offered: '' });
    }
  } catch (error) {
    options.stream.destroy();
    options.signal.throwIfAborted();
    throw error;
  } finally {
    options.signal.removeEventListener('abort', aborted);
  }
  const { processID, secretKey } = client as unknown as { processID: number | null; secretKey: number | null };
  return {
    client,
    parameters,
    notices,
    channelBound: channelBound(),
    backendKey: processID === null || secretKey === null ? undefined : { processId: processID, secretKey },
    roundTrips: () => ready - 1,
  };
}

/** Options that the driver reads but its type declarations leave out. */
function explicitly(options: Record<string, unknown>): object {
  return options;
}
