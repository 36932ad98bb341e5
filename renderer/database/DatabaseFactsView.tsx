import type { DatabaseFacts } from '../../contract/check.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { Tag } from '../components/StatusMark.tsx';
import { formatBytes, formatCount } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { words } from '../words.ts';
import classes from './Report.module.css';

/** Size, extensions, largest tables and settings, as the last checks found them. */
export function DatabaseFactsView({ facts, at }: { facts: DatabaseFacts; at: string }) {
  return (
    <>
      <Panel title={words('screen.facts.title')} sub={<FoundAt at={at} />}>
        <KeyValue
          rows={[
            [words('screen.facts.size'), formatBytes(facts.databaseBytes)],
            [words('screen.facts.tables'), formatCount(facts.tables.count)],
            [
              words('screen.facts.connections'),
              words('screen.card.connections', { used: facts.connectionsUsed, max: facts.connectionsMax }),
            ],
            [words('screen.facts.uptime'), formatDuration(facts.uptimeSeconds * 1000)],
            [words('screen.facts.time-zone'), facts.timeZone],
            [
              words('screen.facts.ledger'),
              facts.migrationsApplied === undefined
                ? words('screen.card.no-migrations')
                : words('screen.card.migrations', { count: facts.migrationsApplied }),
            ],
          ]}
        />
      </Panel>
      <Panel title={words('screen.facts.extensions')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{words('screen.facts.name')}</th>
              <th scope="col">{words('screen.facts.installed')}</th>
              <th scope="col">{words('screen.facts.available')}</th>
              <th scope="col">{words('screen.facts.schema')}</th>
            </tr>
          </thead>
          <tbody>
            {facts.extensions.map((extension) => (
              <tr key={extension.name}>
                <td className={classes.mono}>{extension.name}</td>
                <td>{extension.installed ?? <Tag tone="quiet">{words('screen.facts.not-enabled')}</Tag>}</td>
                <td>
                  {extension.available ??
                    // What is built in is enabled without being listed as installable.
                    (extension.installed === undefined && (
                      <Tag tone="quiet">{words('screen.facts.not-available')}</Tag>
                    ))}
                </td>
                <td className={classes.mono}>{extension.schema}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      {facts.tables.largest.length > 0 && (
        <Panel title={words('screen.facts.largest')}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{words('screen.facts.table')}</th>
                <th scope="col" className={classes.number}>
                  {words('screen.facts.size')}
                </th>
                <th scope="col" className={classes.number}>
                  {words('screen.facts.rows')}
                </th>
              </tr>
            </thead>
            <tbody>
              {facts.tables.largest.map((table) => (
                <tr key={table.name}>
                  <td className={classes.mono}>{table.name}</td>
                  <td className={classes.number}>{formatBytes(table.bytes)}</td>
                  <td className={classes.number}>{formatCount(table.rows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
      {facts.settings.length > 0 && (
        <Panel title={words('screen.facts.settings')}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{words('screen.facts.name')}</th>
                <th scope="col">{words('screen.facts.value')}</th>
                <th scope="col">{words('screen.facts.source')}</th>
              </tr>
            </thead>
            <tbody>
              {facts.settings.map((setting) => (
                <tr key={setting.name}>
                  <td className={classes.mono}>{setting.name}</td>
                  <td className={classes.mono}>
                    {setting.value === '' ? <Tag tone="quiet">{words('screen.facts.empty')}</Tag> : setting.value}
                    {setting.unit === undefined ? '' : ` ${setting.unit}`}
                  </td>
                  <td>{setting.source}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
    </>
  );
}

function FoundAt({ at }: { at: string }) {
  return (
    <>
      {words('screen.facts.found')} <Moment at={at} how="ago" />
    </>
  );
}
