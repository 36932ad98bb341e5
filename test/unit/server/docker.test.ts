import { describe, expect, test } from 'vitest';
import { judgeHealth } from '../../../main/adapters/docker/health.ts';
import { readProbe } from '../../../main/adapters/docker/probe.ts';
import { readStats } from '../../../main/adapters/docker/resources.ts';
import { groupFix, installFix, startFix } from '../../../main/problems/dockerFixes.ts';
import { recogniseDocker } from '../../../main/problems/recogniseDocker.ts';

const context = {
  host: 'nas',
  user: 'anna',
  systemId: 'debian',
  address: 'unix:///var/run/docker.sock',
  sudo: false,
  command: 'start',
  container: 'aperture',
};

describe('Docker’s words', () => {
  test.each([
    [
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/version": dial unix /var/run/docker.sock: connect: permission denied',
      'docker-permission-denied',
      {},
    ],
    [
      'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
      'docker-permission-denied',
      {},
    ],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'docker-not-running',
      {},
    ],
    [
      'error during connect: this error may indicate that the docker daemon is not running: Get "http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/version": open //./pipe/docker_engine: The system cannot find the file specified.',
      'docker-not-running',
      {},
    ],
    ['sudo: a password is required', 'docker-sudo-refused', {}],
    ['anna is not in the sudoers file.  This incident will be reported.', 'docker-sudo-refused', {}],
    ['Error response from daemon: No such container: films', 'container-missing', { container: 'films' }],
    ['Error: No such object: films', 'container-missing', { container: 'films' }],
    [
      'Error: no container with name or ID "films" found: no such container',
      'container-missing',
      { container: 'films' },
    ],
    [
      'docker: Error response from daemon: driver failed programming external connectivity on endpoint aperture (abc): Bind for 0.0.0.0:3456 failed: port is already allocated.',
      'container-port-taken',
      { port: '3456' },
    ],
    [
      'Error response from daemon: driver failed programming external connectivity on endpoint a: Error starting userland proxy: listen tcp4 0.0.0.0:3456: bind: address already in use',
      'container-port-taken',
      { port: '3456' },
    ],
    [
      'Error response from daemon: Ports are not available: exposing port TCP 0.0.0.0:3456 -> 0.0.0.0:0: listen tcp 0.0.0.0:3456: bind: Only one usage of each socket address',
      'container-port-taken',
      { port: '3456' },
    ],
    [
      'Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint a: failed to bind host port 0.0.0.0:3456/tcp: address already in use',
      'container-port-taken',
      { port: '3456' },
    ],
    [
      'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /mnt/films',
      'container-mount-failed',
      { path: '/mnt/films' },
    ],
    [
      'Error response from daemon: network films_default not found',
      'container-network-missing',
      { network: 'films_default' },
    ],
    ['Error: No such image: ghcr.io/x/y:1', 'container-image-missing', { image: 'ghcr.io/x/y:1' }],
    [
      'docker: Error response from daemon: Conflict. The container name "/aperture" is already in use by container "abc". You have to remove',
      'container-name-taken',
      { container: 'aperture' },
    ],
    ['Error response from daemon: something new', 'docker-command-failed', { message: 'something new' }],
  ])('%s', (words, code, values) => {
    expect(recogniseDocker(words, context)).toMatchObject({ code, values });
  });

  test('the way to install, start and be let in is that system’s own', () => {
    const snippets = (systemId: string) =>
      [
        ...installFix({ ...context, systemId, system: 'x' }),
        ...startFix({ ...context, systemId }),
        groupFix({ ...context, systemId }),
      ]
        .map((fix) => (fix.kind === 'paste' ? fix.snippet : fix.kind))
        .join('\n');
    expect(snippets('debian')).toMatch(
      /get\.docker\.com[\s\S]*systemctl enable --now docker[\s\S]*usermod -aG docker anna/,
    );
    expect(snippets('alpine')).toMatch(/apk add docker[\s\S]*service docker start[\s\S]*addgroup anna docker/);
    expect(snippets('synology')).toMatch(/portal[\s\S]*ContainerManager[\s\S]*synogroup/);
    expect(snippets('qnap')).toMatch(/portal[\s\S]*container-station/);
    expect(snippets('windows')).toMatch(/^portal\nportal/);
    // A Windows domain's name stays one word.
    expect(groupFix({ host: 'nas', user: "HOME\\anna o'b", systemId: 'debian' })).toMatchObject({
      snippet: expect.stringContaining(`'HOME\\anna o'\\''b'`),
    });
  });
});

test('a probe is read whatever the login shell says besides', () => {
  const probe = readProbe(
    [
      'Welcome to the NAS',
      'user\tanna',
      'groups\tusers administrators',
      'kernel\tLinux',
      'system\t',
      'id\tsynology',
      'system\tSynology DSM 7.2.2',
      'program.docker\t/usr/local/bin/docker',
      'socket.docker\t/var/run/docker.sock',
      'current\tnas',
      'context\t{"Name":"nas","Metadata":{},"Endpoints":{"docker":{"Host":"ssh://anna@nas","SkipTLSVerify":false}}}',
      'context\t{broken',
      'dockerhost\t',
    ].join('\r\n'),
  );
  expect(probe).toEqual({
    user: 'anna',
    groups: ['users', 'administrators'],
    system: 'Synology DSM 7.2.2',
    systemId: 'synology',
    programs: { docker: '/usr/local/bin/docker' },
    sockets: [{ kind: 'docker', path: '/var/run/docker.sock' }],
    contexts: [{ name: 'nas', address: 'ssh://anna@nas' }],
    currentContext: 'nas',
  });
});

test('docker stats in numbers', () => {
  const line =
    '{"BlockIO":"1.5MB / 0B","CPUPerc":"12.50%","Container":"a","ID":"a","MemPerc":"1.00%","MemUsage":"100.5MiB / 1.5GiB","Name":"a","NetIO":"1.2kB / 2GB","PIDs":"11"}';
  expect(readStats(line)).toEqual({
    cpuPercent: 12.5,
    memoryBytes: 105_381_888,
    memoryLimitBytes: 1_610_612_736,
    networkInBytes: 1200,
    networkOutBytes: 2_000_000_000,
    diskReadBytes: 1_500_000,
    diskWrittenBytes: 0,
    processes: 11,
  });
  expect(readStats('nothing')).toBeUndefined();
});

test.each([
  [
    200,
    '{"ok":true,"name":"Aperture","version":"0.7.8","database":{"connected":true}}',
    { kind: 'ok', version: '0.7.8' },
  ],
  [503, '{"ok":false,"name":"Aperture","version":"0.7.8","database":{"connected":false}}', { kind: 'database-down' }],
  [200, '{"ok":true}', { kind: 'other' }],
  [200, '<html>', { kind: 'other', status: 200 }],
  [404, '{"message":"not found"}', { kind: 'other', status: 404 }],
])('/health %s %s', (status, body, expected) => {
  expect(judgeHealth(status, body)).toMatchObject(expected);
});
