import { Link } from 'wouter';
import type { OperationView } from '../../contract/operation.ts';
import { Moment } from '../components/Moment.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { activityPlace } from '../shell/places.ts';
import { words } from '../words.ts';
import classes from './Activity.module.css';
import { operationDuration } from './operationLine.ts';
import { stateTone } from './stateTone.ts';

/** The last few operations in short rows. */
export function RecentActivity({ operations }: { operations: readonly OperationView[] }) {
  if (operations.length === 0) return <p className={classes.quiet}>{words('screen.activity.empty-text')}</p>;
  return (
    <ul>
      {operations.map((operation) => (
        <li key={operation.id}>
          <Link href={activityPlace(operation.id)} className={classes.short}>
            <StatusIcon tone={stateTone[operation.state]} />
            <strong>
              {words('screen.activity.line', {
                name: words(`operation.kind.${operation.kind}`),
                state: operation.state,
              })}
            </strong>
            <span className={classes.when}>
              <Moment at={operation.startedAt} />
              {operation.endedAt !== undefined && ` · ${operationDuration(operation)}`}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
