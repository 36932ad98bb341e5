import { z } from 'zod';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { DockerCli, DockerRun } from './dockerCli.ts';

const healthSchema = z.object({
  Status: z.string(),
  FailingStreak: z.number().default(0),
  Log: z
    .array(z.object({ ExitCode: z.number(), Output: z.string().default(''), End: z.string().optional() }))
    .nullish(),
});

/** What `docker inspect` says of a container, as far as the app uses it; Podman's is the same there. */
export const inspectSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Created: z.string(),
  Image: z.string().default(''),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    Running: z.boolean().default(false),
    Restarting: z.boolean().default(false),
    OOMKilled: z.boolean().default(false),
    ExitCode: z.number().default(0),
    Error: z.string().default(''),
    StartedAt: z.string().default(''),
    FinishedAt: z.string().default(''),
    Health: healthSchema.nullish(),
  }),
  HostConfig: z.object({
    Memory: z.number().default(0),
    NetworkMode: z.string().default(''),
    /** As they were asked for, also while it is down. */
    PortBindings: z.record(z.string(), z.array(z.object({ HostPort: z.string().default('') })).nullish()).nullish(),
    ExtraHosts: z.array(z.string()).nullish(),
    RestartPolicy: z
      .object({ Name: z.string().default('no'), MaximumRetryCount: z.number().default(0) })
      .default({ Name: 'no', MaximumRetryCount: 0 }),
  }),
  Config: z.object({
    Image: z.string().default(''),
    Env: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
  NetworkSettings: z
    .object({
      Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullish()).nullish(),
      Networks: z
        .record(z.string(), z.object({ IPAddress: z.string().default(''), Aliases: z.array(z.string()).nullish() }))
        .nullish(),
    })
    .default({}),
});
export type Inspected = z.infer<typeof inspectSchema>;

const listSchema = z.array(inspectSchema);

/** A container by name or id; undefined when there is none. Raises `docker-…`. */
export async function inspectContainer(
  cli: DockerCli,
  name: string,
  options: DockerRun,
): Promise<Inspected | undefined> {
  const args = ['container', 'inspect', '--', name];
  const result = await cli.run(args, options);
  if (result.exitCode === 0) return read(cli, result.stdout)[0];
  const error = cli.failure(args, result, name);
  if (error.problem.code === 'container-missing') return undefined;
  throw error;
}

/** All containers, stopped ones too. One that is removed meanwhile is left out. */
export async function inspectAll(cli: DockerCli, options: DockerRun): Promise<Inspected[]> {
  const ids = (await cli.must(['ps', '-aq', '--no-trunc'], options)).split(/\s+/).filter((id) => id !== '');
  if (ids.length === 0) return [];
  const { stdout } = await cli.run(['container', 'inspect', '--', ...ids], options);
  return read(cli, stdout);
}

function read(cli: DockerCli, json: string): Inspected[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw unreadable(cli, 'no JSON', cause);
  }
  const parsed = listSchema.safeParse(value);
  if (!parsed.success) throw unreadable(cli, z.prettifyError(parsed.error), parsed.error);
  return parsed.data;
}

function unreadable(cli: DockerCli, message: string, cause: unknown): ProblemError {
  return new ProblemError('docker-command-failed', { host: cli.host.label, command: 'inspect', message }, { cause });
}

/** The environment of the container; the last value of a name counts. */
export function environmentOf({ Config }: Inspected): Record<string, string> {
  return Object.fromEntries(
    (Config.Env ?? []).map((line) => {
      const equals = line.indexOf('=');
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

/** Without the slash that the engine puts in front. */
export function nameOf({ Name }: Inspected): string {
  return Name.replace(/^\//, '');
}

/** The ports that the Docker host has open for the container. IPv6's double of an IPv4 port is left out. */
export function portsOf({ NetworkSettings }: Inspected): { inside: number; host: string; port: number }[] {
  const ports = new Map<string, { inside: number; host: string; port: number }>();
  for (const [name, bindings] of Object.entries(NetworkSettings.Ports ?? {})) {
    for (const { HostIp, HostPort } of bindings ?? []) {
      const port = {
        inside: Number.parseInt(name, 10),
        host: HostIp === '' ? '0.0.0.0' : HostIp,
        port: Number(HostPort),
      };
      const key = `${name} ${HostPort}`;
      if (!ports.has(key) || !port.host.includes(':')) ports.set(key, port);
    }
  }
  return [...ports.values()];
}

/** The ports of the Docker host that the container has whenever it is up. */
export function wantedPortsOf({ HostConfig }: Inspected): number[] {
  const bindings = Object.values(HostConfig.PortBindings ?? {}).flatMap((all) => all ?? []);
  return bindings.map(({ HostPort }) => Number(HostPort)).filter((port) => port > 0);
}
