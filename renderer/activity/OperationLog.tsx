import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { OperationLogLine } from '../../contract/operation.ts';
import { words } from '../words.ts';
import classes from './Activity.module.css';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The log of an operation. Follows the end of a running one while it is in view; only the lines in view exist. */
export function OperationLog({ lines, follow }: { lines: readonly OperationLogLine[]; follow: boolean }) {
  const scroll = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 20,
    overscan: 30,
  });
  useEffect(() => {
    if (follow && atEnd.current && lines.length > 0) rows.scrollToIndex(lines.length - 1);
  }, [follow, lines.length, rows]);
  return (
    <section
      className={classes.log}
      ref={scroll}
      aria-label={words('screen.activity.log-lines')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 30;
      }}
    >
      <div className={classes.space} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (line === undefined) return null;
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              data-level={line.level}
              className={classes.line}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <time dateTime={line.at}>{clock.format(new Date(line.at))}</time>
              <span>{line.line}</span>
            </div>
          );
        })}
      </div>
    </section>
  );
}
