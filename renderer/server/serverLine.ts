import { say, type Text, text } from '../../contract/copy/text.ts';
import type { ContainerState, ServerStatus } from '../../contract/server.ts';
import type { Tone } from '../components/StatusMark.tsx';

/** The server in one statement, as far as the last look saw it. */
export type ServerLine = {
  tone: Tone;
  title: Text;
  more?: Text /** ISO 8601: since when, or when it ended. */;
  at?: string;
};

/** What the container's state, its log, `/health` and the ledger together say. What somebody stopped is no alarm. */
export function serverLine(status: ServerStatus): ServerLine {
  const { state } = status;
  switch (state.kind) {
    case 'running':
      return { ...runningLine(status), at: state.since };
    case 'created':
      return state.error === undefined
        ? { tone: 'quiet', title: text('screen.server.state.created'), more: text('screen.server.state.created-more') }
        : { tone: 'bad', title: text('screen.server.state.not-started') };
    case 'paused':
      return {
        tone: 'warn',
        title: text('screen.server.state.paused'),
        more: text('screen.server.state.paused-more'),
        at: state.since,
      };
    case 'restarting':
      return {
        tone: 'warn',
        title: text('screen.server.state.restarting'),
        more: text('screen.server.state.restarting-more', { exitCode: state.exitCode }),
      };
    case 'crash-loop':
      return {
        tone: 'bad',
        title: text('screen.server.state.crash-loop'),
        more: text('screen.server.state.crash-loop-more', { restarts: state.restarts }),
      };
    case 'exited':
      return {
        tone: 'bad',
        title: text('screen.server.state.exited', { exitCode: state.exitCode }),
        more: text('screen.server.state.exited-more'),
        at: state.at,
      };
    case 'out-of-memory':
      return {
        tone: 'bad',
        title: text('screen.server.state.out-of-memory'),
        more: text('screen.server.state.out-of-memory-more'),
        at: state.at,
      };
    case 'stopped':
      return {
        tone: 'quiet',
        title: text('screen.server.state.stopped'),
        more: text('screen.server.state.stopped-more'),
        at: state.at,
      };
    case 'missing':
      return {
        tone: 'bad',
        title: text('screen.server.state.missing'),
        more: text('screen.server.state.missing-more'),
      };
    case 'docker-unreachable':
      return {
        tone: 'bad',
        title: text('screen.server.state.docker-unreachable'),
        more: text('screen.server.state.docker-unreachable-more'),
      };
    default:
      return state satisfies never;
  }
}

function runningLine({ state, started, health, missing, problem }: ServerStatus): Omit<ServerLine, 'at'> {
  if (started) {
    const version = health.kind === 'ok' ? health.version : '';
    return {
      tone: 'ok',
      title: text('screen.server.state.ready'),
      more: text('screen.server.state.ready-more', { version }),
    };
  }
  const parts = missing.map((part) => say(text(`server.missing.${part}`))).join('; ');
  const more = text('screen.server.state.starting-more', { missing: parts });
  if (problem !== undefined) return { tone: 'bad', title: text('screen.server.state.not-ready'), more };
  if (state.kind === 'running' && state.health === 'unhealthy') {
    const count = state.failingStreak ?? 1;
    return {
      tone: 'bad',
      title: text('screen.server.state.unhealthy'),
      more: text('screen.server.state.unhealthy-more', { count }),
    };
  }
  return { tone: 'busy', title: text('screen.server.state.starting'), more };
}

/** Whether it takes a stop: one that crashes again and again does, one that is paused has to go on first. */
export function canStop({ state }: ServerStatus): boolean {
  return state.kind === 'running' || state.kind === 'restarting' || state.kind === 'crash-loop';
}

export function canStart({ state }: ServerStatus): boolean {
  const up = state.kind === 'running' || state.kind === 'restarting' || state.kind === 'crash-loop';
  return !up && state.kind !== 'missing' && state.kind !== 'docker-unreachable';
}

/** The state of a container that was found, before anything else was looked at. */
export function foundLine(state: ContainerState): { tone: Tone; text: Text } {
  switch (state.kind) {
    case 'running':
      return { tone: state.health === 'unhealthy' ? 'warn' : 'ok', text: stateText(state) };
    case 'created':
    case 'stopped':
    case 'paused':
      return { tone: 'quiet', text: stateText(state) };
    default:
      return { tone: 'bad', text: stateText(state) };
  }
}

/** The state of a container in a few words. */
export function stateText(state: ContainerState): Text {
  switch (state.kind) {
    case 'running':
      return text(`server.state.running.${state.health}`);
    case 'restarting':
    case 'exited':
      return text(`server.state.${state.kind}`, { exitCode: state.exitCode });
    case 'crash-loop':
      return text('server.state.crash-loop', { restarts: state.restarts });
    default:
      return text(`server.state.${state.kind}`);
  }
}
