import type { ReachSide } from '../../contract/reach.ts';
import { ProblemView } from '../components/ProblemView.tsx';
import { StatusMark, type Tone } from '../components/StatusMark.tsx';
import { formatDuration } from '../format/duration.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

const tones: Record<ReachSide['outcome'], Tone> = { reached: 'ok', failed: 'bad', skipped: 'quiet' };

/** One side's verdict: by what it was tried, what answered, or what stands in the way. */
export function ReachSideView({ name, side }: { name: string; side: ReachSide }) {
  const { answered, address, problem } = side;
  return (
    <section className={classes.side} aria-label={name}>
      <header>
        <strong>{name}</strong>
        <StatusMark tone={tones[side.outcome]}>{words(`screen.reach.${side.outcome}`)}</StatusMark>
      </header>
      <p className={classes.hint}>{words(`screen.reach.means.${side.means}`)}</p>
      <p>
        <code>{`${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`}</code>
      </p>
      {answered !== undefined && (
        <p className={classes.hint}>
          {[
            words('screen.reach.line', {
              user: answered.user,
              database: answered.database,
              version: answered.serverVersion,
              time: formatDuration(side.milliseconds ?? 0),
            }),
            words(answered.encrypted ? 'screen.reach.encrypted' : 'screen.reach.plain'),
            ...(answered.clientAddress === undefined
              ? []
              : [words('screen.reach.seen-as', { address: answered.clientAddress })]),
          ].join(', ')}
        </p>
      )}
      {problem !== undefined && <ProblemView problem={problem} />}
    </section>
  );
}
