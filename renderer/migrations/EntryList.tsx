import { SegmentedControl, TextInput } from '@mantine/core';
import { IconClock, IconStairsUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import type { MigrationEntry } from '../../contract/migration.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { StatusIcon, type Tone } from '../components/StatusMark.tsx';
import surface from '../components/surface.module.css';
import { formatBytes } from '../format/bytes.ts';
import { migrationsOf } from '../store/migrations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { type EntryFilter, entryFilters, filterEntries } from './filterEntries.ts';
import classes from './Migrations.module.css';

const tones = { applied: 'ok', unknown: 'info' } as const satisfies Record<
  Exclude<MigrationEntry['state'], 'pending'>,
  Tone
>;
const rowHeight = 40;

/** Every migration that is applied or pending, searched and filtered; only the rows in view exist. */
export function EntryList({ instance }: { instance: InstanceView }) {
  const status = useStore((state) => migrationsOf(state, instance.id).status.value);
  const [search, setSearch] = useState('');
  const [show, setShow] = useState<EntryFilter>('all');
  const entries = status?.entries;
  const late = useMemo(() => new Set(status?.outOfOrder), [status?.outOfOrder]);
  const found = useMemo(() => filterEntries(entries ?? [], { search, show }), [entries, search, show]);
  if (status === undefined || entries === undefined) return null;
  if (entries.length === 0) {
    return (
      <Panel flush>
        <EmptyState icon={IconStairsUp} title={words('screen.migrations.empty')}>
          {words('screen.migrations.empty-text')}
        </EmptyState>
      </Panel>
    );
  }
  const counts = { all: entries.length, pending: status.pending, applied: status.applied, unknown: status.unknown };
  return (
    <>
      <div className={classes.tools}>
        <TextInput
          type="search"
          aria-label={words('screen.migrations.search')}
          placeholder={words('screen.migrations.search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={words('screen.migrations.show')}
          value={show}
          onChange={(value) => setShow(entryFilters.find((one) => one === value) ?? 'all')}
          data={entryFilters
            .filter((value) => value === 'all' || value === 'applied' || counts[value] > 0 || show === value)
            .map((value) => ({ value, label: words(`screen.migrations.show-${value}`, { count: counts[value] }) }))}
        />
      </div>
      {found.length === 0 ? (
        <p role="status">{words('screen.migrations.none-match')}</p>
      ) : (
        <Entries entries={found} late={late} />
      )}
    </>
  );
}

function Entries({ entries, late }: { entries: readonly MigrationEntry[]; late: ReadonlySet<string> }) {
  const scroll = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => entries[index]?.name ?? index,
  });
  return (
    <section
      className={`${surface.panel} ${classes.scroll}`}
      ref={scroll}
      aria-label={words('screen.migrations.entries')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
      tabIndex={0}
    >
      <ul
        className={classes.space}
        style={{ height: rows.getTotalSize() }}
        aria-label={words('screen.migrations.title')}
      >
        {rows.getVirtualItems().map((item) => {
          const entry = entries[item.index];
          if (entry === undefined) return null;
          const { name, state, appliedAt, bytes } = entry;
          return (
            <li
              key={item.key}
              className={classes.entry}
              style={{ transform: `translateY(${item.start}px)` }}
              data-state={state}
              aria-setsize={entries.length}
              aria-posinset={item.index + 1}
            >
              {state === 'pending' ? (
                <IconClock size={18} stroke={1.9} className={classes.waiting} aria-hidden />
              ) : (
                <StatusIcon tone={tones[state]} />
              )}
              <span className={classes.entryName} title={name}>
                {name}
              </span>
              <span className={classes.entryState}>
                {words(late.has(name) ? 'screen.migrations.entry.late' : `migration.state.${state}`)}
              </span>
              <span className={classes.when}>
                {appliedAt === undefined ? bytes !== undefined && formatBytes(bytes) : <Moment at={appliedAt} />}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
