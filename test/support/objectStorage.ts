import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { accepts, freePort } from './ports.ts';
import { type Daemon, mustRun, startDaemon, until } from './processes.ts';
import { supportFolder } from './supportFolder.ts';

/** An S3-compatible storage: OpenStack Swift with its own S3 interface, on loopback, one copy of everything. */
export interface ObjectStorage {
  readonly host: string;
  readonly port: number;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  log(): string;
  stop(): Promise<void>;
  /** Again, on the same port with the same contents. */
  start(): Promise<void>;
}

const parts = ['account', 'container', 'object'] as const;

/** Starts one in about five seconds. `domain`: buckets are also reached as <bucket>.<domain>. */
export async function startObjectStorage({
  domain = 'storage.test',
}: {
  domain?: string;
} = {}): Promise<ObjectStorage> {
  const folder = supportFolder('swift');
  mkdirSync(path.join(folder, 'devices', 'd1'), { recursive: true });
  const port = await freePort();
  const ports = new Map<string, number>();
  for (const part of parts) ports.set(part, await freePort());
  const file = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  file(
    'swift.conf',
    '[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n[storage-policy:0]\nname = one\ndefault = yes\n',
  );
  const common = `bind_ip = 127.0.0.1\nworkers = 0\nuser = ${userInfo().username}\nswift_dir = ${folder}\nlog_address =\nlog_level = INFO`;
  for (const part of parts) {
    file(
      `${part}.conf`,
      `[DEFAULT]\n${common}\nbind_port = ${ports.get(part)}\ndevices = ${folder}/devices\nmount_check = false\ndisable_fallocate = true
[pipeline:main]\npipeline = ${part}-server\n[app:${part}-server]\nuse = egg:swift#${part}\n`,
    );
  }
  const filters = ['catch_errors', 'gatekeeper', 'healthcheck', 'copy', 'bulk', 'slo', 'dlo'];
  file(
    'proxy.conf',
    `[DEFAULT]\n${common}\nbind_port = ${port}
[pipeline:main]\npipeline = catch_errors gatekeeper healthcheck cache s3api tempauth copy bulk slo dlo proxy-server
[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true
${filters.map((name) => `[filter:${name}]\nuse = egg:swift#${name}`).join('\n')}
[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:1
[filter:s3api]\nuse = egg:swift#s3api\nlocation = us-east-1\nstorage_domain = ${domain}
[filter:tempauth]\nuse = egg:swift#tempauth\nuser_test_tester = testing .admin\nuser_test_reader = reading\n`,
  );
  // One process instead of nine of swift-ring-builder.
  const rings = `
import sys
from swift.common.ring import RingBuilder
folder = sys.argv[1]
for given in sys.argv[2:]:
    name, port = given.split(':')
    ring = RingBuilder(1, 1, 1)
    ring.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'd1', 'weight': 1})
    ring.rebalance()
    ring.get_ring().save(folder + '/' + name + '.ring.gz')
`;
  await mustRun([
    '/usr/bin/python3',
    '-W',
    'ignore',
    '-c',
    rings,
    folder,
    ...parts.map((part) => `${part}:${ports.get(part)}`),
  ]);
  const log = path.join(folder, 'log');
  let daemons: Daemon[] = [];
  const start = async () => {
    daemons = [...parts, 'proxy'].map((part) =>
      startDaemon([`swift-${part}-server`, path.join(folder, `${part}.conf`), '-v'], { log, endSignal: 'SIGKILL' }),
    );
    for (const each of [...ports.values(), port]) {
      await until(
        () => accepts('127.0.0.1', each),
        60_000,
        () => readFileSync(log, 'utf8'),
      );
    }
  };
  await start();
  return {
    host: '127.0.0.1',
    port,
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId: 'test:tester',
    secretAccessKey: 'testing',
    region: 'us-east-1',
    log: () => readFileSync(log, 'utf8'),
    start,
    stop: async () => {
      await Promise.all(daemons.map((daemon) => daemon.end('SIGKILL')));
    },
  };
}
