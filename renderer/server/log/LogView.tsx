import { useVirtualizer } from '@tanstack/react-virtual';
import { type Ref, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { words } from '../../words.ts';
import classes from './Log.module.css';
import { LogRow } from './LogRow.tsx';
import type { LogModel } from './logModel.ts';
import { useLogVersion } from './useLogVersion.ts';

export type LogViewHandle = {
  /** Brings a line into view. */
  show(number: number): void;
  /** Number of the first line that is in view. */
  firstVisible(): number;
};

const rowHeight = 20;
/** How near to the end counts as there. */
const nearEnd = 30;
/** Milliseconds after a key, a wheel or a press in which a scroll back is the user's. */
const recently = 600;

/**
 * The lines in view, and only those, exist. Follows the end until somebody scrolls back; then the lines in view stay where they are,
 * however many come below and however many are let go above.
 */
export function LogView({
  ref,
  model,
  wrap,
  match,
  following,
  onFollowing,
  opening,
}: {
  ref: Ref<LogViewHandle>;
  model: LogModel;
  wrap: boolean;
  match: number | undefined;
  following: boolean;
  onFollowing(following: boolean): void;
  /** Nothing can be said about lines that have not come yet. */
  opening: boolean;
}) {
  const version = useLogVersion(model);
  const scroll = useRef<HTMLElement>(null);
  const anchor = useRef({ number: 0, offset: 0 });
  const touched = useRef(0);
  const lastTop = useRef(0);
  const { shown } = model;
  // Once the oldest lines are let go, each index means another line with every batch: heights that were measured go by line.
  const shift = wrap ? version : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above; lines that don't wrap are of one height.
  const getItemKey = useCallback((index: number) => model.shown.at(index) ?? -1 - index, [model, shift]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey,
    overscan: 12,
  });
  const items = rows.getVirtualItems();

  const startOf = (index: number) => rows.measurementsCache[index]?.start ?? index * rowHeight;
  const firstVisible = () => {
    const top = scroll.current?.scrollTop ?? 0;
    const item = rows.getVirtualItemForOffset(top);
    return item === undefined ? 0 : (model.shown.at(item.index) ?? 0);
  };
  useImperativeHandle(ref, () => ({
    show: (number) => rows.scrollToIndex(model.shown.indexFrom(number), { align: 'center' }),
    firstVisible,
  }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are measured anew when lines wrap or no longer do.
  useLayoutEffect(() => rows.measure(), [wrap, rows]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each change of the lines the place in them is kept.
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    if (following) {
      element.scrollTop = element.scrollHeight;
    } else {
      const { number, offset } = anchor.current;
      const index = model.shown.indexFrom(number);
      const top = startOf(index) + offset;
      if (Math.abs(top - element.scrollTop) > 1 && index < model.shown.length) element.scrollTop = top;
    }
    lastTop.current = element.scrollTop;
  }, [version, following, wrap, rows.getTotalSize()]);
  useEffect(() => {
    // What is being selected must not run away.
    const held = () => {
      const selection = getSelection();
      if (selection === null || selection.isCollapsed) return;
      if (scroll.current?.contains(selection.anchorNode) === true) onFollowing(false);
    };
    document.addEventListener('selectionchange', held);
    return () => document.removeEventListener('selectionchange', held);
  }, [onFollowing]);

  const touch = () => {
    touched.current = performance.now();
  };
  const onScroll = () => {
    const element = scroll.current;
    if (element === null) return;
    const { scrollTop, clientHeight, scrollHeight } = element;
    const atEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
    const back = scrollTop < lastTop.current && performance.now() - touched.current < recently;
    lastTop.current = scrollTop;
    const item = rows.getVirtualItemForOffset(scrollTop);
    if (item !== undefined) {
      anchor.current = { number: model.shown.at(item.index) ?? 0, offset: scrollTop - item.start };
    }
    if (following && back && !atEnd) onFollowing(false);
    else if (!following && atEnd && performance.now() - touched.current < recently) onFollowing(true);
  };
  return (
    <section
      ref={scroll}
      className={classes.view}
      data-log
      data-wrap={wrap || undefined}
      aria-label={words('screen.server.log.lines')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
      tabIndex={0}
      onScroll={onScroll}
      onWheel={touch}
      onKeyDown={touch}
      onPointerDown={touch}
      onPointerMove={(event) => event.buttons > 0 && touch()}
    >
      {shown.length === 0 && !opening && (
        <p className={classes.empty}>
          {words(model.kept === 0 ? 'screen.server.log.empty' : 'screen.server.log.nothing-shown')}
        </p>
      )}
      <div className={classes.space} style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const number = model.shown.at(item.index) ?? -1;
          const line = model.line(number);
          return line === undefined ? null : (
            <LogRow
              key={number}
              ref={wrap ? rows.measureElement : undefined}
              index={item.index}
              line={line}
              start={item.start}
              wrap={wrap}
              query={model.query}
              current={number === match}
            />
          );
        })}
      </div>
    </section>
  );
}
