import type { HostFinding, HostFindingId } from '../../contract/serverSettings.ts';
import { Said } from '../components/Said.tsx';
import { StatusIcon, type Tone } from '../components/StatusMark.tsx';
import { FixView } from '../fixes/FixView.tsx';
import { words } from '../words.ts';
import classes from './Setup.module.css';

export const findingTones: Record<HostFinding['status'], Tone> = {
  pass: 'ok',
  warn: 'warn',
  fail: 'bad',
  skipped: 'quiet',
};

/** What the Docker host says to one field, below it; with what helps where it is wrong. */
export function FindingLine({ findings, id }: { findings: readonly HostFinding[]; id: HostFindingId }) {
  const finding = findings.find((one) => one.id === id);
  return (
    <div className={classes.finding} role="status" data-finding={id} data-status={finding?.status}>
      {finding !== undefined && (
        <>
          <p>
            <StatusIcon tone={findingTones[finding.status]} size={15} />
            <span>
              <span className={classes.unseen}>{`${words(`check.status.${finding.status}`)}: `}</span>
              <Said text={finding.evidence} />
            </span>
          </p>
          {finding.status !== 'pass' && finding.fixes.length > 0 && <FixView fixes={finding.fixes} />}
        </>
      )}
    </div>
  );
}
