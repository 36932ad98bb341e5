import { HostKeys } from '../../../../main/adapters/hostKeys.ts';
import { SshConnections } from '../../../../main/adapters/ssh/connections.ts';
import { RemoteHost } from '../../../../main/adapters/ssh/remoteHost.ts';
import { ProblemError } from '../../../../main/problems/ProblemError.ts';

/** Logs in with each key file, reads five megabytes, and prints as JSON how that went. Run inside Electron. */
type Job = {
  folder: string;
  knownHosts: string;
  host: string;
  port: number;
  user: string;
  keys: { path: string; passphrase?: string }[];
};

const job = JSON.parse(process.argv[2] ?? '') as Job;
const refuse = () => Promise.reject(new Error('nothing else should be asked'));
const results: string[] = [];
for (const { path, passphrase } of job.keys) {
  const connections = new SshConnections({
    hostKeys: new HostKeys(job.folder),
    questions: () => ({
      trustHostKey: refuse,
      password: refuse,
      interactive: refuse,
      passphrase:
        passphrase === undefined ? refuse : async () => ({ secret: passphrase, accepted: async () => undefined }),
    }),
    onState: () => undefined,
  });
  const connection = connections.to({
    key: path,
    label: 'probe',
    host: job.host,
    port: job.port,
    user: job.user,
    knownHostsFiles: [job.knownHosts],
    login: { keys: [path], keysOptional: false, agentOnlyNamed: false, agentOptional: false, password: false },
    via: { kind: 'direct' },
  });
  try {
    const { stdout } = await new RemoteHost('probe', connection).run(['head', '-c', '5000000', '/dev/zero'], {
      signal: AbortSignal.timeout(30_000),
    });
    results.push(`${stdout.length} bytes`);
  } catch (error) {
    results.push(error instanceof ProblemError ? JSON.stringify(error.problem) : String(error));
  }
  connections.close();
}
process.stdout.write(JSON.stringify({ electron: process.versions.electron, results }));
process.exit(0);
