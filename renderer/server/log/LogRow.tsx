import { memo, type Ref } from 'react';
import type { ServerLogLine } from '../../../contract/server.ts';
import classes from './Log.module.css';
import { clockOf, markedParts } from './lineText.ts';

/** One line: when, how serious, from which part, what. */
export const LogRow = memo(function LogRow({
  ref,
  index,
  line,
  start,
  wrap,
  query,
  current,
}: {
  ref?: Ref<HTMLDivElement>;
  index: number;
  line: ServerLogLine;
  /** Pixels from the top. */
  start: number;
  wrap: boolean;
  query: string;
  /** The match that was gone to. */
  current: boolean;
}) {
  const { at, level, module, message } = line;
  return (
    <div
      ref={ref}
      data-index={index}
      data-level={level}
      data-current={current || undefined}
      className={classes.row}
      style={{ transform: `translateY(${start}px)` }}
    >
      <time dateTime={at}>{clockOf(at)}</time>
      <span className={classes.level}>{level}</span>
      <span className={classes.message}>
        {module !== undefined && (
          <span className={classes.module}>
            <Marked text={module} query={query} />
            {'  '}
          </span>
        )}
        <Marked text={wrap ? message : message.replaceAll('\n', ' ↵ ')} query={query} />
      </span>
    </div>
  );
});

function Marked({ text, query }: { text: string; query: string }) {
  if (query === '') return text;
  return markedParts(text, query).map(({ part, marked }, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one line never change places.
    return marked ? <mark key={index}>{part}</mark> : <span key={index}>{part}</span>;
  });
}
