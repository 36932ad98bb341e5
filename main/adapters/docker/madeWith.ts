import { z } from 'zod';
import type { DockerCli } from './dockerCli.ts';

const bindings = z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullish());

const schema = z.object({
  Name: z.string(),
  Image: z.string(),
  Config: z.object({
    Env: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    User: z.string().default(''),
  }),
  HostConfig: z.object({
    PortBindings: bindings.nullish(),
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number().default(0) }).nullish(),
    ShmSize: z.number().default(0),
    NetworkMode: z.string().default('default'),
    Memory: z.number().default(0),
  }),
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().optional(),
        Source: z.string().default(''),
        Destination: z.string(),
        RW: z.boolean().default(true),
      }),
    )
    .default([]),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown()).nullish() }).default({}),
});

const imageSchema = z.object({ Env: z.array(z.string()).nullish(), Cmd: z.array(z.string()).nullish() });

const secret = /(?:PASSWORD|SECRET|TOKEN|_KEY)(?:_FILE)?=/;

/** The arguments that `docker run` was given, as far as they differ from the image's own. Secrets are left out. */
export type MadeWith = { options: string[]; networks: string[]; command: string[] };

/** How a container was made. Raises `docker-…`. */
export async function madeWith(cli: DockerCli, container: string, signal: AbortSignal): Promise<MadeWith> {
  const [found] = z.array(schema).parse(JSON.parse(await cli.must(['container', 'inspect', container], { signal })));
  if (found === undefined) throw new Error('docker inspect printed nothing');
  const format = ['image', 'inspect', '--format', '{{json .Config}}', found.Image];
  const image = imageSchema.parse(JSON.parse(await cli.must(format, { signal })));
  const { Config: config, HostConfig: host } = found;
  const own = new Set(image.Env ?? []);
  const environment = (config.Env ?? []).filter((entry) => !own.has(entry) && !secret.test(entry));
  const [network, ...networks] = Object.keys(found.NetworkSettings.Networks ?? {});
  const usual = ['default', 'bridge'].includes(host.NetworkMode);
  const restart = host.RestartPolicy;
  const count = restart?.MaximumRetryCount ?? 0;
  const options = [
    ...(restart == null || restart.Name === '' || restart.Name === 'no'
      ? []
      : ['--restart', count > 0 ? `${restart.Name}:${count}` : restart.Name]),
    ...(config.User === '' ? [] : ['--user', config.User]),
    // 64 MB is what Docker gives by itself, and too little for building vector indexes.
    ...['--shm-size', host.ShmSize > 64 * 1024 * 1024 ? `${Math.round(host.ShmSize / 1024 / 1024)}m` : '1g'],
    ...(host.Memory > 0 ? ['--memory', `${Math.round(host.Memory / 1024 / 1024)}m`] : []),
    ...(usual ? [] : ['--network', network ?? host.NetworkMode]),
    ...Object.entries(host.PortBindings ?? {}).flatMap(([inside, all]) =>
      (all ?? []).flatMap(({ HostIp: at, HostPort: port }) => [
        '--publish',
        `${at === '' ? '' : `${at.includes(':') ? `[${at}]` : at}:`}${port}:${inside.replace(/\/tcp$/, '')}`,
      ]),
    ),
    ...found.Mounts.filter(({ Type: type }) => type === 'volume' || type === 'bind').flatMap(
      ({ Type: type, Name: name, Source: source, Destination: target, RW: writable }) => [
        '--volume',
        `${type === 'volume' ? (name ?? source) : source}:${target}${writable ? '' : ':ro'}`,
      ],
    ),
    ...environment.flatMap((entry) => ['--env', entry]),
  ];
  const command = JSON.stringify(config.Cmd) === JSON.stringify(image.Cmd) ? [] : (config.Cmd ?? []);
  return { options, networks: usual ? [] : networks, command };
}
