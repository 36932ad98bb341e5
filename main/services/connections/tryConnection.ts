import type { ConnectionReport, ConnectionSettings, DatabaseAddress, TlsReport } from '../../../contract/connection.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { Dial } from '../../adapters/dial.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import type { Phase } from '../../problems/context.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { recogniseServer } from './recogniseServer.ts';
import { probeTls } from './tlsReport.ts';

/** Milliseconds for looking at the certificates once more, beside the connection that was tried. */
const probePatience = 10_000;

/** Something answered, so that there may be certificates to look at. */
const nothingAnswered = new Set<Problem['code']>([
  'dns-not-found',
  'connection-refused',
  'host-unreachable',
  'connection-timeout',
  'ipv6-only-host',
  'socket-missing',
  'server-no-answer',
  'not-postgres-http',
  'not-postgres-ssh',
  'not-postgres-unknown',
  'certificate-file-unreadable',
]);

export type Trial = {
  settings: ConnectionSettings;
  kind: 'external' | 'practice';
  signal: AbortSignal;
  dial: () => Promise<Dial>;
  connect: () => Promise<PostgresSession>;
  onPhase: (phase: Phase) => void;
  log: (line: string, level?: 'info' | 'warn' | 'error') => void;
};

/**
 * Connects once and tells how far it got, what answered, and what each reader makes of its certificates. An expected failure is part of
 * the report; rejects with `cancelled`, or with what was not expected.
 */
export async function tryConnection(trial: Trial): Promise<ConnectionReport> {
  const { settings, signal, log } = trial;
  const began = performance.now();
  let address: DatabaseAddress | undefined = settings.hosts[0];
  let report: ConnectionReport;
  try {
    const session = await trial.connect();
    try {
      address = session.address;
      const milliseconds = Math.round(performance.now() - began);
      trial.onPhase('query');
      report = { outcome: 'connected', address, milliseconds, server: await recogniseServer(session, trial.kind) };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
    const { problem } = error;
    // The last of several addresses is the one that the problem is about.
    address =
      settings.hosts.find(({ host, port }) => host === problem.values.host && port === problem.values.port) ?? address;
    report = {
      outcome: 'failed',
      milliseconds: Math.round(performance.now() - began),
      problem,
      ...(address === undefined ? {} : { address }),
    };
  }
  const tls = address === undefined ? undefined : await certificates(trial, address, report.problem);
  if (tls === undefined) return report;
  const seen = tls.verdicts.find(({ reader }) => reader === 'app')?.problem;
  // The same refusal, with whose certificate it is and until when it was valid.
  const problem =
    report.problem !== undefined && seen?.code === report.problem.code
      ? { ...report.problem, values: { ...report.problem.values, ...seen.values } }
      : report.problem;
  for (const { reader, outcome, rendered } of tls.verdicts) log(`${reader}: ${outcome} (${rendered})`);
  return { ...report, tls, ...(problem === undefined ? {} : { problem }) };

  async function certificates(
    { dial }: Trial,
    at: DatabaseAddress,
    problem: Problem | undefined,
  ): Promise<TlsReport | undefined> {
    if (
      at.host.startsWith('/') ||
      (problem !== undefined && (nothingAnswered.has(problem.code) || problem.code.startsWith('ssh-')))
    ) {
      return undefined;
    }
    try {
      return await probeTls(await dial(), settings, at, AbortSignal.any([signal, AbortSignal.timeout(probePatience)]));
    } catch (error) {
      if (signal.aborted) throw cancelled(error);
      log(`The certificates could not be looked at: ${error instanceof Error ? error.message : String(error)}`, 'warn');
      return undefined;
    }
  }
}
