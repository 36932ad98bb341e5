import { say } from '../../contract/copy/text.ts';
import type { ServerStatus } from '../../contract/server.ts';
import { StatusIcon, type Tone } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import classes from './Server.module.css';
import { startedParts } from './startedParts.ts';

/** The five things that make a server started, each with what was seen. */
export function StartedList({ status }: { status: ServerStatus }) {
  return (
    <ul className={classes.parts} aria-label={words('screen.server.started.title')}>
      {startedParts(status).map(({ part, tone, state, evidence }) => (
        <li key={part} className={classes.part}>
          <StatusIcon tone={tone} />
          <div>
            <strong>{words(`screen.server.started.${part}`)}</strong>
            <p>{sentence(say(evidence))}</p>
          </div>
          <StatusMarkText tone={tone} text={say(state)} />
        </li>
      ))}
    </ul>
  );
}

function StatusMarkText({ tone, text }: { tone: Tone; text: string }) {
  return (
    <span className={classes.partState} data-tone={tone}>
      {text}
    </span>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
