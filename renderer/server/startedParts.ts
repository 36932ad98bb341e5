import { type Text, text } from '../../contract/copy/text.ts';
import type { MissingPart, ServerStatus } from '../../contract/server.ts';
import type { Tone } from '../components/StatusMark.tsx';
import { stateText } from './serverLine.ts';

export type StartedPart = { part: MissingPart; tone: Tone; state: Text; evidence: Text };

const order: readonly MissingPart[] = ['container', 'log', 'health', 'database', 'schema'];

/** What "started" is made of, part by part: there, awaited, missing, or not known because nothing asked for it. */
export function startedParts(status: ServerStatus): StartedPart[] {
  const running = status.state.kind === 'running';
  const waits = running && status.problem === undefined;
  return order.map((part) => {
    const evidence = evidenceOf(part, status);
    if (!status.missing.includes(part))
      return { part, tone: 'ok', state: text('screen.server.started.done'), evidence };
    const unknown =
      status.state.kind === 'docker-unreachable' ||
      (part !== 'container' && !running) ||
      (part === 'schema' && status.schema.kind === 'unknown') ||
      ((part === 'database' || part === 'health') && status.health.kind === 'not-asked');
    if (unknown && !waits) return { part, tone: 'quiet', state: text('screen.server.started.unknown'), evidence };
    if (waits) return { part, tone: 'busy', state: text('screen.server.started.waiting'), evidence };
    // Stopped on purpose, it is not there, and that is no fault.
    const tone = status.state.kind === 'stopped' || status.state.kind === 'created' ? 'quiet' : 'bad';
    return { part, tone, state: text('screen.server.started.missing'), evidence };
  });
}

function evidenceOf(part: MissingPart, status: ServerStatus): Text {
  const { state, health, schema, log } = status;
  switch (part) {
    case 'container':
      return stateText(state);
    case 'log':
      return log !== 'listening' && !status.missing.includes('log')
        ? text('screen.server.started.log-older')
        : text(`screen.server.started.log-${log}`);
    case 'health':
      switch (health.kind) {
        case 'ok':
        case 'database-down':
          return text(`server.health.${health.kind}`, { version: health.version });
        case 'other':
          return text('server.health.other', { status: health.status });
        case 'no-answer':
          return text('server.health.no-answer', { reason: health.reason });
        case 'not-asked':
          return text('screen.server.started.not-asked');
        default:
          return health satisfies never;
      }
    case 'database':
      if (health.kind === 'ok') return text('screen.server.started.connected');
      return text(
        health.kind === 'database-down' ? 'screen.server.started.not-connected' : 'screen.server.started.not-known',
      );
    case 'schema':
      switch (schema.kind) {
        case 'complete':
          return schema.by === 'ledger'
            ? text('screen.server.started.schema-ledger', { applied: schema.applied ?? 0 })
            : text('screen.server.started.schema-log');
        case 'pending':
          return text('screen.server.started.schema-pending', { count: schema.count ?? 0, by: schema.by });
        case 'unknown':
          return text('screen.server.started.not-known');
        default:
          return schema satisfies never;
      }
    default:
      return part satisfies never;
  }
}
