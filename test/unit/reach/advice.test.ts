import { describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { Problem, ProblemCode } from '../../../contract/problem.ts';
import { type AdviceNeed, adviceFor } from '../../../main/services/reach/advice.ts';
import { container, network } from './inspected.ts';

const problem = (code: ProblemCode, more: Partial<Problem> = {}): Problem => ({ code, values: {}, ...more });

const surroundings = {
  containers: [],
  networks: [network('bridge', { subnets: ['172.17.0.0/16'], gateways: ['172.17.0.1'] })],
  addresses: ['127.0.0.1', '192.168.1.10', '172.17.0.1'],
  localhostIsDockerHost: true,
};

const need = (more: Partial<AdviceNeed>): AdviceNeed => ({
  problem: problem('connection-timeout'),
  address: { host: '192.168.1.10', port: 5432 },
  appAddress: { host: '192.168.1.10', port: 5432 },
  surroundings,
  subnets: ['172.18.0.0/16'],
  appReached: true,
  systemId: 'debian',
  thisComputer: [],
  resolved: [],
  resolvedInside: [],
  ...more,
});

const texts = (fixes: Fix[]) =>
  fixes.map((fix) => {
    for (const said of [fix.title, ...(fix.why === undefined ? [] : [fix.why])])
      expect(say(said)).not.toMatch(/…|[{}]/);
    return fix.kind === 'paste' ? fix.snippet : fix.kind === 'portal' ? fix.steps.map(say).join('\n') : fix.kind;
  });

describe('a firewall on the Docker host', () => {
  test.each([
    ['debian', ['sudo ufw allow from 172.18.0.0/16 to any port 5432 proto tcp']],
    [
      'fedora',
      [
        `sudo firewall-cmd --permanent --add-rich-rule='rule family="ipv4" source address="172.18.0.0/16" port port="5432" protocol="tcp" accept'\nsudo firewall-cmd --reload`,
      ],
    ],
  ])('%s: the rule for the very subnet and port', (systemId, expected) => {
    expect(texts(adviceFor(need({ systemId })))).toEqual(expected);
  });

  test('Synology: steps with address and mask', () => {
    const [steps] = texts(adviceFor(need({ systemId: 'synology', subnets: ['172.18.0.0/20'] })));
    expect(steps).toContain('IP address 172.18.0.0, subnet mask 255.255.240.0');
    expect(steps).toContain('5432');
  });

  test('a system that nobody knows: both usual firewalls', () => {
    expect(adviceFor(need({ systemId: 'slackware' }))).toHaveLength(2);
  });

  test('a database elsewhere sees the Docker host, not the containers', () => {
    const [rule] = texts(adviceFor(need({ address: { host: '192.168.1.77', port: 5433 } })));
    expect(rule).toBe('sudo ufw allow from 192.168.1.10/32 to any port 5433 proto tcp');
  });

  test('nobody gets through: no rule is made up', () => {
    expect(adviceFor(need({ appReached: false, fromDockerHost: false }))).toEqual([]);
  });
});

describe('PostgreSQL’s own settings', () => {
  test('listens on localhost only', () => {
    const fixes = texts(adviceFor(need({ problem: problem('connection-refused'), listenAddresses: 'localhost' })));
    expect(fixes).toEqual(["ALTER SYSTEM SET listen_addresses = '*';", 'sudo systemctl restart postgresql']);
  });

  test('refused elsewhere, and it listens everywhere: nothing to say about listening', () => {
    const elsewhere = { host: '192.168.1.77', port: 5432 };
    const more = { problem: problem('connection-refused'), address: elsewhere, listenAddresses: '*' };
    expect(adviceFor(need(more))).toEqual([]);
  });
});

describe('a database in a container', () => {
  const published = { '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: '5433' }] };
  const localhost = { host: '127.0.0.1', port: 5433 };
  const base = { problem: problem('server-database-is-localhost'), address: localhost, appAddress: localhost };

  test('on Docker’s default network only: one is made', () => {
    const database = container('pg', { networks: { bridge: { IPAddress: '172.17.0.2' } }, ports: published });
    const [fix] = adviceFor(need({ ...base, surroundings: { ...surroundings, containers: [database] } }));
    expect(fix).toMatchObject({
      kind: 'network',
      changes: [
        { kind: 'create', network: 'aperture-network' },
        { kind: 'connect', network: 'aperture-network', container: 'pg' },
      ],
      seenByServer: { host: 'pg', port: 5432 },
      networks: ['aperture-network'],
    });
    expect(fix?.kind === 'network' && fix.preview).toBe(
      'docker network create aperture-network\ndocker network connect aperture-network pg\n# DATABASE_URL: pg:5432 instead of 127.0.0.1:5433',
    );
  });

  test('on a network of its own: the server that is there joins it', () => {
    const database = container('pg', { networks: { data: { IPAddress: '172.19.0.2' } }, ports: published });
    const server = container('aperture', { networks: { web: { IPAddress: '172.20.0.2' } } });
    const more = { ...surroundings, containers: [database, server], networks: [network('data'), network('web')] };
    const [fix] = adviceFor(need({ ...base, server, surroundings: more }));
    expect(fix).toMatchObject({ changes: [{ kind: 'connect', network: 'data', container: 'aperture' }] });
  });

  test('in the host’s own network it cannot join another: host.docker.internal', () => {
    const database = container('pg', { mode: 'host' });
    const fixes = adviceFor(need({ ...base, surroundings: { ...surroundings, containers: [database] } }));
    expect(fixes).toMatchObject([
      { kind: 'network', hostGateway: true, seenByServer: { host: 'host.docker.internal' } },
    ]);
  });

  test('stopped, it serves nothing', () => {
    const database = container('pg', { networks: { data: {} }, ports: published, running: false });
    const fixes = adviceFor(need({ ...base, surroundings: { ...surroundings, containers: [database] } }));
    expect(fixes.every((fix) => fix.kind === 'network' && fix.networks.length === 0)).toBe(true);
  });
});

test('the app’s localhost is another computer than Docker’s: its address', () => {
  const localhost = { host: 'localhost', port: 5432 };
  const fixes = adviceFor(
    need({
      problem: problem('server-database-is-localhost'),
      address: localhost,
      appAddress: localhost,
      surroundings: { ...surroundings, localhostIsDockerHost: false },
      thisComputer: ['192.168.1.5'],
    }),
  );
  expect(fixes).toMatchObject([{ seenByServer: { host: '192.168.1.5', port: 5432 }, hostGateway: false }]);
});

test('a name that only this computer knows: its address', () => {
  const address = { host: 'db.local', port: 5432 };
  const fixes = adviceFor(need({ problem: problem('dns-not-found'), address, resolved: ['192.168.1.9'] }));
  expect(fixes).toMatchObject([{ seenByServer: { host: '192.168.1.9', port: 5432 } }]);
});

test('the container’s DNS gives the name another address: the one that works here', () => {
  const address = { host: 'db.lan', port: 5432 };
  const differs = { address, resolved: ['192.168.1.9'], resolvedInside: ['203.0.113.9'] };
  expect(adviceFor(need(differs))[0]).toMatchObject({ kind: 'network', seenByServer: { host: '192.168.1.9' } });
  const same = { address, resolved: ['192.168.1.9'], resolvedInside: ['192.168.1.9'] };
  expect(adviceFor(need(same)).some(({ kind }) => kind === 'network')).toBe(false);
});

test('Supabase’s direct address from a network without IPv6: its session pooler', () => {
  const address = { host: 'db.abc.supabase.co', port: 5432 };
  const fixes = adviceFor(need({ problem: problem('ipv6-only-host'), address, appAddress: address }));
  expect(fixes).toMatchObject([{ kind: 'setting', id: 'use-session-pooler' }]);
});

test.each([
  ['tls-self-signed', 3],
  ['server-ca-missing', 3],
  ['tls-wrong-name', 1],
  ['server-tls-unavailable', 1],
] as const)('%s: what the server’s driver can be told', (code, count) => {
  expect(texts(adviceFor(need({ problem: problem(code), authority: 'PEM' })))).toHaveLength(count);
});
