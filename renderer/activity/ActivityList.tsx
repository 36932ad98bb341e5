import { IconChevronRight } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { Link } from 'wouter';
import type { OperationView } from '../../contract/operation.ts';
import { Moment } from '../components/Moment.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import surface from '../components/surface.module.css';
import { activityPlace } from '../shell/places.ts';
import { words } from '../words.ts';
import classes from './Activity.module.css';
import { operationDuration, operationLine } from './operationLine.ts';
import { stateTone } from './stateTone.ts';

const rowHeight = 58;

/** Operations, newest first; only the rows in view exist. */
export function ActivityList({ operations }: { operations: readonly OperationView[] }) {
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: operations.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => operations[index]?.id ?? index,
  });
  return (
    <div className={`${surface.panel} ${classes.scroll}`} ref={scroll}>
      <ul className={classes.space} style={{ height: rows.getTotalSize() }} aria-label={words('screen.activity.title')}>
        {rows.getVirtualItems().map((item) => {
          const operation = operations[item.index];
          if (operation === undefined) return null;
          return (
            <li key={item.key} aria-setsize={operations.length} aria-posinset={item.index + 1}>
              <Link
                href={activityPlace(operation.id)}
                className={classes.row}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <StatusIcon tone={stateTone[operation.state]} />
                <span className={classes.words}>
                  <strong>{words(`operation.kind.${operation.kind}`)}</strong> {operation.subject.name}
                  <span className={classes.line2}>{operationLine(operation)}</span>
                </span>
                <span className={classes.when}>
                  <Moment at={operation.startedAt} />
                  <br />
                  {operationDuration(operation) ?? words('operation.state.running')}
                </span>
                <span className={classes.chevron} aria-hidden>
                  <IconChevronRight size={16} />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
