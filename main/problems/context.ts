import type { TlsMode } from '../../contract/connection.ts';
import type { Values } from '../../contract/problem.ts';

export type Phase = 'dial' | 'ssl-answer' | 'tls' | 'login' | 'query';

/** What was being done when the error came. All of it ends up in the problem's values, so none of it may be secret. */
export type Context = {
  host?: string;
  port?: number;
  user?: string;
  database?: string;
  phase?: Phase;
  encrypted?: boolean;
  tlsMode?: TlsMode;
  serverName?: string | undefined;
  /** The server has accepted the password: whatever it refuses now, the role exists. */
  authenticated?: boolean;
  /** Subnets of the networks that the client is in, where they are known: instead of a guess from its address. */
  subnets?: readonly string[];
  /** `SHOW password_encryption`, when somebody has been asked. */
  passwordEncryption?: string;
  /** `SHOW hba_file`, when somebody who may has been asked. */
  hbaFile?: string;
  /** The server is a standby. */
  inRecovery?: boolean;
};

/** The values that every problem about a server has. */
export function placeOf({ host = '', port = 0, user = '', database = '' }: Context): Values {
  return { host, port, user, database };
}
