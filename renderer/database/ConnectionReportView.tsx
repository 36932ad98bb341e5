import { useState } from 'react';
import type { ConnectionReport } from '../../contract/connection.ts';
import type { SettingFixId } from '../../contract/fix.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { Problem } from '../../contract/problem.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { Panel } from '../components/Panel.tsx';
import { ProblemView } from '../components/ProblemView.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { formatDuration } from '../format/duration.ts';
import { trustAnchor } from '../setup/trustAnchor.ts';
import { words } from '../words.ts';
import { FindOutWhy, mayBeExplained } from './FindOutWhy.tsx';
import classes from './Report.module.css';
import { TlsReportView } from './TlsReportView.tsx';

/** Trust is offered only where the server sent what can be trusted; else the words say to choose the authority's file. */
function withoutVainTrust(problem: Problem, report: ConnectionReport): Problem {
  if (problem.fixes === undefined || trustAnchor(report.tls?.chain ?? []) !== undefined) return problem;
  return { ...problem, fixes: problem.fixes.filter((fix) => fix.kind !== 'setting' || fix.id !== 'trust-certificate') };
}

/** What one try of the settings found: what answered and how fast, its certificates, or why it failed and what helps. */
export function ConnectionReportView({
  instance,
  report,
  onSetting,
}: {
  instance: InstanceView;
  report: ConnectionReport;
  onSetting(id: SettingFixId): Promise<void>;
}) {
  const host = report.address?.host ?? instance.connection?.hosts[0]?.host ?? '';
  const { server } = report;
  const [found, setFound] = useState<{ report: ConnectionReport; reason: Problem } | undefined>();
  // A reason that was looked up belongs to the report that it explains.
  const problem = found?.report === report ? found.reason : report.problem;
  return (
    <>
      <Panel>
        {problem !== undefined ? (
          <ProblemView
            problem={withoutVainTrust(problem, report)}
            context={{
              instanceId: instance.id,
              host,
              database: instance.connection?.database ?? '',
              user: instance.connection?.user ?? '',
              administratorExists: instance.kind !== 'practice',
              onDone: () => undefined,
              onSetting,
            }}
            actions={
              instance.kind !== 'practice' &&
              mayBeExplained(problem) && (
                <FindOutWhy
                  instanceId={instance.id}
                  user={instance.connection?.user ?? ''}
                  onReason={(reason) => setFound({ report, reason })}
                />
              )
            }
          />
        ) : (
          <div className={classes.stack}>
            <div className={classes.head} role="status">
              <StatusIcon tone={report.outcome === 'connected' ? 'ok' : 'bad'} />
              <strong>{words(`screen.connection.${report.outcome}`)}</strong>
              <span />
              <span className={classes.quiet}>
                {words('screen.connection.answered', { host, time: formatDuration(report.milliseconds) })}
              </span>
            </div>
            {server !== undefined && (
              <KeyValue
                rows={[
                  [words('screen.connection.server'), `PostgreSQL ${server.version}`],
                  [words('screen.connection.platform'), server.platform],
                  [words('screen.connection.provider'), words(`screen.provider.${server.provider}`)],
                  [
                    words('screen.connection.login'),
                    words('screen.connection.login-line', { user: server.user, database: server.database }),
                  ],
                  [words('screen.connection.pooler'), server.pooler && words(`screen.pooler.${server.pooler}`)],
                  [words('screen.connection.role'), server.inRecovery ? words('screen.connection.standby') : undefined],
                ]}
              />
            )}
          </div>
        )}
      </Panel>
      {report.tls !== undefined && (
        <TlsReportView
          tls={report.tls}
          instance={instance}
          onTrust={() => onSetting('trust-certificate')}
          trustOffered={
            problem?.fixes?.some((fix) => fix.kind === 'setting' && fix.id === 'trust-certificate') ?? false
          }
        />
      )}
    </>
  );
}
