import { KeyValue } from '../components/KeyValue.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { FailureView, ProblemView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { formatDuration } from '../format/duration.ts';
import type { SshTestView } from '../store/sshHosts.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** The try of an SSH host: under way, or what it found. */
export function SshTestResult({ test }: { test: SshTestView }) {
  const operation = useStore((state) =>
    test.operationId === undefined ? undefined : state.operations[test.operationId],
  );
  if (test.testing) return operation?.state === 'running' ? <OperationBar operation={operation} /> : null;
  if (test.failure !== undefined) return <FailureView failure={test.failure} />;
  if (test.report === undefined) return null;
  if (test.report.problem !== undefined) return <ProblemView problem={test.report.problem} />;
  return (
    <div role="status">
      <StatusMark tone="ok">
        {words('screen.ssh.connected', { time: formatDuration(test.report.milliseconds) })}
      </StatusMark>
      <KeyValue
        rows={[
          [words('screen.ssh.software'), test.report.serverSoftware],
          [words('screen.ssh.logged-in'), test.report.user],
          [words('screen.ssh.system'), test.report.system],
          [words('screen.ssh.fingerprint'), test.report.fingerprint],
        ]}
      />
    </div>
  );
}
