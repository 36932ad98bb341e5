import type { MigrationOutcome, RehearsalReport } from '../../contract/migration.ts';
import { StatusIcon, type Tone } from '../components/StatusMark.tsx';
import { formatCount } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { words } from '../words.ts';
import classes from './Migrations.module.css';

const tones = { applied: 'ok', failed: 'bad', 'not-reached': 'quiet' } as const satisfies Record<
  MigrationOutcome['state'],
  Tone
>;

/** Each file, how it went and how long it took. */
export function FilesReport({ files }: { files: readonly MigrationOutcome[] }) {
  return (
    <section
      className={classes.result}
      aria-label={words('screen.migrations.report.files')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
      tabIndex={0}
    >
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{words('screen.migrations.report.file')}</th>
            <th scope="col">{words('screen.migrations.report.state')}</th>
            <th scope="col" className={classes.number}>
              {words('screen.migrations.report.notices')}
            </th>
            <th scope="col" className={classes.number}>
              {words('screen.migrations.report.took')}
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ name, state, milliseconds, notices }) => (
            <tr key={name} data-state={state}>
              <td>{name}</td>
              <td>
                <span className={classes.cellState}>
                  <StatusIcon tone={tones[state]} size={15} />
                  {words(`cli.migrate.outcome.${state}`)}
                </span>
              </td>
              <td className={classes.number}>{notices === 0 ? '' : formatCount(notices)}</td>
              <td className={classes.number}>{state === 'not-reached' ? '' : formatDuration(milliseconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** On what it was tried, and which tables have more or fewer rows afterwards. */
export function RowsReport({ report: { on, copyMilliseconds, rows } }: { report: RehearsalReport }) {
  const copy = on === 'schema-only' ? 'tables' : on === 'backup' ? 'backup' : 'data';
  return (
    <div className={classes.form}>
      <p className={classes.quiet}>
        {words('screen.migrations.report.copy', { copy, time: formatDuration(copyMilliseconds) })}
        {on === 'schema-only' ? ` ${words('screen.migrations.report.tables-only')}` : ''}
      </p>
      {rows.length === 0 ? (
        on !== 'schema-only' && <p className={classes.quiet}>{words('cli.migrate.rehearse.no-rows')}</p>
      ) : (
        <table className={classes.table} aria-label={words('screen.migrations.report.rows')}>
          <thead>
            <tr>
              <th scope="col">{words('screen.migrations.report.table')}</th>
              <th scope="col" className={classes.number}>
                {words('screen.migrations.report.before')}
              </th>
              <th scope="col" className={classes.number}>
                {words('screen.migrations.report.after')}
              </th>
              <th scope="col" className={classes.number}>
                {words('screen.migrations.report.change')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ table, before, after }) => (
              <tr key={table}>
                <td>{table}</td>
                <td className={classes.number}>{formatCount(before)}</td>
                <td className={classes.number}>{formatCount(after)}</td>
                <td className={classes.number} data-fewer={after < before || undefined}>
                  {after < before ? `−${formatCount(before - after)}` : `+${formatCount(after - before)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
