import { say, text } from '../../contract/copy/text.ts';
import type {
  ContainerState,
  DockerFound,
  HealthAnswer,
  ResourceUse,
  SchemaState,
  ServerLogLine,
  ServerStatus,
} from '../../contract/server.ts';
import { type Output, paint, table } from './output.ts';
import { problemLines } from './reportText.ts';

type Look = Pick<Output, 'colour' | 'columns'>;

/** "running, healthy" */
export function stateText(state: ContainerState): string {
  switch (state.kind) {
    case 'running':
      return say(text(`server.state.running.${state.health}`));
    case 'restarting':
    case 'exited':
      return say(text(`server.state.${state.kind}`, { exitCode: state.exitCode }));
    case 'crash-loop':
      return say(text('server.state.crash-loop', { restarts: state.restarts }));
    default:
      return say(text(`server.state.${state.kind}`));
  }
}

function healthText(health: HealthAnswer): string {
  switch (health.kind) {
    case 'ok':
    case 'database-down':
      return say(text(`server.health.${health.kind}`, { version: health.version }));
    case 'other':
      return say(text('server.health.other', { status: health.status }));
    case 'no-answer':
      return say(text('server.health.no-answer', { reason: health.reason }));
    case 'not-asked':
      return say(text('server.health.not-asked'));
    default:
      return health satisfies never;
  }
}

function schemaText(schema: SchemaState): string {
  switch (schema.kind) {
    case 'complete':
      return say(text('server.schema.complete', { applied: schema.applied ?? 0 }));
    case 'pending':
      return say(text('server.schema.pending', { count: schema.count ?? 0 }));
    case 'unknown':
      return say(text('server.schema.unknown'));
    default:
      return schema satisfies never;
  }
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;

function resourcesText({ cpuPercent, memoryBytes, memoryLimitBytes }: ResourceUse): string {
  const values = { cpu: cpuPercent.toFixed(1), memory: mebibytes(memoryBytes), limit: mebibytes(memoryLimitBytes) };
  return say(text('cli.server.use', values));
}

/** What the server is like, what is missing, and why. */
export function serverStatusText(status: ServerStatus, look: Look): string {
  const { container, state, started, missing, health, schema, resources, problem } = status;
  const label = (key: 'container' | 'image' | 'state' | 'health' | 'schema' | 'use' | 'ready') =>
    say(text(`cli.server.label.${key}`));
  const calm = started || state.kind === 'stopped';
  const rows = [
    [label('container'), container.name],
    ...(container.image === undefined ? [] : [[label('image'), container.image]]),
    [label('state'), stateText(state)],
    [label('health'), healthText(health)],
    [label('schema'), schemaText(schema)],
    ...(resources === undefined ? [] : [[label('use'), resourcesText(resources)]]),
    [
      label('ready'),
      started
        ? say(text('cli.server.ready'))
        : say(
            text('cli.server.not-ready', {
              missing: missing.map((part) => say(text(`server.missing.${part}`))).join('; '),
            }),
          ),
    ],
  ];
  const lines = [paint(look, calm ? 'green' : 'yellow', table(rows))];
  if (problem !== undefined) lines.push('', problemLines(problem, look));
  return lines.join('\n');
}

/** Where Docker is, what was tried, and what stands in the way. */
export function dockerText(found: DockerFound, look: Look): string {
  const { engine, compose, endpoints, problem } = found;
  const lines = [`${found.host}, ${found.system}`];
  if (engine !== undefined) {
    const { product, version, address, sudo } = engine;
    lines.push(say(text('cli.server.engine', { product, version, address, sudo: String(sudo) })));
    const composed = compose === undefined ? 'none' : compose.version;
    lines.push(say(text('cli.server.compose', { version: composed })));
  }
  if (endpoints.length > 0) {
    const outcome = (one: DockerFound['endpoints'][number]) => say(text(`cli.server.endpoint.${one.outcome}`));
    lines.push(table(endpoints.map((one) => [`  ${one.address}`, one.context ?? '', outcome(one)])));
  }
  if (found.ignoredDockerHost !== undefined) {
    lines.push(say(text('cli.server.docker-host-ignored', { address: found.ignoredDockerHost })));
  }
  if (problem !== undefined) lines.push('', problemLines(problem, look));
  return lines.join('\n');
}

const styles = { debug: 'dim', info: undefined, warn: 'yellow', error: 'red' } as const;

/** One line of the log: time, level, module, message. */
export function logLineText({ at, level, module, message }: ServerLogLine, look: Look): string {
  const time = at === undefined ? '' : `${at.slice(0, 19).replace('T', ' ')}  `;
  const line = `${time}${level.padEnd(5)}  ${module === undefined ? '' : `${module}: `}${message}`;
  const style = styles[level];
  return style === undefined ? line : paint(look, style, line);
}
