import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type {
  ConnectionSettings,
  DatabaseAddress,
  TlsReport,
  TlsSettings,
  TlsVerdict,
} from '../../../contract/connection.ts';
import type { Problem } from '../../../contract/problem.ts';
import { lookAtTls, namesOf, type TlsSeen, viewCertificate } from '../../adapters/certificates.ts';
import type { Dial } from '../../adapters/dial.ts';
import { placeOf } from '../../problems/context.ts';
import { recogniseTls } from '../../problems/recogniseTls.ts';
import { serverTls } from '../databaseUrl.ts';
import { toolsSslMode, type Verification, verificationOf } from '../renderings.ts';
import { libpqAcceptsName } from './libpqNames.ts';

/**
 * What the server shows and what the three readers of the settings make of it: this app, PostgreSQL's tools (libpq), and the Aperture
 * server with its own driver's reading of DATABASE_URL. The chain is judged by a real handshake against what the readers trust, the
 * names by each reader's own rules. Rejects when the server can't be reached.
 */
export async function probeTls(
  dial: Dial,
  settings: ConnectionSettings,
  address: DatabaseAddress,
  signal: AbortSignal,
): Promise<TlsReport> {
  const { tls } = settings;
  const name = tls.serverName ?? address.host;
  const seen = await lookAtTls(dial, address, { ca: tls.ca, serverName: isIP(name) === 0 ? name : undefined }, signal);
  const place = placeOf({ ...address, user: settings.user, database: settings.database });
  const judge = (reader: TlsVerdict['reader'], how: How): TlsVerdict =>
    verdict(reader, how, seen, { place, name, plainAccepted: tls.plainAccepted === true });
  return {
    offered: seen !== undefined,
    ...(seen === undefined ? {} : { protocol: seen.protocol, cipher: seen.cipher }),
    chain: seen?.chain.map(viewCertificate) ?? [],
    verdicts: [
      judge('app', {
        mode: tls.mode,
        verification: verificationOf(tls),
        rendered: `sslmode=${tls.mode}`,
        accepts: nodeAccepts,
      }),
      judge('tools', {
        mode: toolsSslMode(tls) as TlsSettings['mode'],
        verification: verificationOf(tls),
        rendered: toolsRendered(tls),
        accepts: (certificate, host) => libpqAcceptsName(certificate, host),
        fallsBack: true,
      }),
      judge('server', serverReading(tls, address.host, seen !== undefined)),
    ],
  };
}

/**
 * The server's driver (pg 8.16) with what DATABASE_URL says. It always verifies the URL's own host, and for an IP address the name
 * `localhost`, because it gives Node no name to verify then.
 */
function serverReading(tls: TlsSettings, host: string, offered: boolean): How {
  const { parameters, verifies } = serverTls(tls, host, offered);
  const verifiedName = isIP(host) === 0 ? host : 'localhost';
  return {
    mode: verifies === 'plain' ? 'disable' : tls.mode,
    verification: verifies === 'plain' ? 'none' : verifies,
    verifiedName,
    rendered: parameters.map(([name, value]) => `${name}=${value}`).join('&'),
    accepts: (certificate) => nodeAccepts(certificate, verifiedName),
  };
}

type How = {
  mode: TlsSettings['mode'];
  verification: Verification;
  rendered: string;
  accepts: (certificate: TlsSeen['chain'][number], name: string) => boolean;
  verifiedName?: string;
  /** libpq's `prefer` goes on without TLS after a failed handshake. */
  fallsBack?: boolean;
};

function verdict(
  reader: TlsVerdict['reader'],
  how: How,
  seen: TlsSeen | undefined,
  about: { place: Problem['values']; name: string; plainAccepted: boolean },
): TlsVerdict {
  const { place } = about;
  const ends = (outcome: TlsVerdict['outcome'], problem?: Problem): TlsVerdict => ({
    reader,
    outcome,
    rendered: how.rendered,
    ...(problem === undefined ? {} : { problem }),
  });
  if (how.mode === 'disable') return ends('plain');
  if (seen === undefined) {
    if (how.mode !== 'prefer')
      return ends('refused', { code: 'tls-refused-by-server', values: { ...place, mode: how.mode } });
    return about.plainAccepted ? ends('plain') : ends('refused', { code: 'tls-plain-needs-consent', values: place });
  }
  if (how.verification === 'none') return ends('encrypted-unverified');
  const problem =
    chainProblem(seen, place) ?? (how.verification === 'chain-and-name' ? nameProblem(how, seen, about) : undefined);
  if (problem === undefined) return ends('encrypted-verified');
  if (how.mode === 'prefer' && how.fallsBack === true) return ends('plain', problem);
  return ends('refused', problem);
}

function chainProblem(seen: TlsSeen, place: Problem['values']): Problem | undefined {
  if (seen.chainError === undefined) return undefined;
  const problem = recogniseTls(seen.chainError, place) ?? {
    code: 'tls-untrusted' as const,
    values: { ...place, reason: seen.chainError.code },
  };
  return withDates(problem, seen);
}

/** Whose certificate, from when and until when: what the text of the problem says. */
function withDates(problem: Problem, seen: Pick<TlsSeen, 'chain'>): Problem {
  const now = Date.now();
  const outside = seen.chain.find((one) =>
    problem.code === 'tls-expired' ? new Date(one.validTo).getTime() < now : new Date(one.validFrom).getTime() > now,
  );
  const certificate = outside ?? seen.chain[0];
  if (certificate === undefined) return problem;
  const view = viewCertificate(certificate);
  return {
    ...problem,
    values: {
      ...problem.values,
      subject: view.subject,
      issuer: view.issuer,
      validFrom: view.validFrom.slice(0, 10),
      validTo: view.validTo.slice(0, 10),
    },
  };
}

function nameProblem(how: How, seen: TlsSeen, about: { place: Problem['values']; name: string }): Problem | undefined {
  const [leaf] = seen.chain;
  if (leaf === undefined || how.accepts(leaf, about.name)) return undefined;
  const expected = how.verifiedName ?? about.name;
  return { code: 'tls-wrong-name', values: { ...about.place, expected, names: namesOf(leaf).join(', ') } };
}

function nodeAccepts(certificate: TlsSeen['chain'][number], name: string): boolean {
  return (
    checkServerIdentity(name, certificate.toLegacyObject() as Parameters<typeof checkServerIdentity>[1]) === undefined
  );
}

function toolsRendered(tls: TlsSettings): string {
  const mode = `PGSSLMODE=${toolsSslMode(tls)}`;
  if (tls.mode === 'disable') return mode;
  if (tls.ca !== undefined) return `${mode} PGSSLROOTCERT=${tls.caPath ?? 'ca.pem'}`;
  return verificationOf(tls) === 'none' ? mode : `${mode} PGSSLROOTCERT=ca.pem`;
}
