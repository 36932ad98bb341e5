import type { BackupManifest, BackupRoute } from '../../contract/backup.ts';
import type { ListedBackup } from '../../contract/backupChannels.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { KeyValue } from '../components/KeyValue.tsx';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { formatBytes, formatCount } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { backupsOf } from '../store/backups.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Backups.module.css';
import { copiesOf, madeAt, restoresTo } from './backupLine.ts';

/** All that the manifest tells: how it was made, every table with its rows, extensions, migrations, warnings. */
export function BackupFacts({ instance, backup }: { instance: InstanceView; backup: ListedBackup }) {
  const copies = useStore((state) => backupsOf(state, instance.id).copies);
  const { manifest, where, bytes } = backup;
  const elsewhere = copiesOf(backup, copies);
  const file: [string, React.ReactNode][] = [
    [words('screen.backups.fact.made'), <Moment key="made" at={madeAt(backup)} />],
    [
      words('screen.backups.column.size'),
      manifest === undefined
        ? formatBytes(bytes)
        : words('screen.backups.fact.size-of', {
            size: formatBytes(bytes),
            database: formatBytes(manifest.database.bytes),
          }),
    ],
    [
      words('screen.backups.column.where'),
      <span key="path" className={classes.path}>
        {where.path}
      </span>,
    ],
    [
      words('screen.backups.fact.copies'),
      elsewhere
        .map(({ name, encrypted }) => (encrypted ? words('screen.backups.fact.encrypted', { name }) : name))
        .join(', '),
    ],
  ];
  if (manifest === undefined) {
    return (
      <Panel title={words('screen.backups.facts')} sub={words('screen.backups.no-manifest')}>
        <KeyValue rows={file} />
      </Panel>
    );
  }
  const { server, tool, seconds, restorableTo } = manifest;
  return (
    <>
      <div className={classes.halves}>
        <Panel title={words('screen.backups.facts')}>
          <KeyValue
            rows={[
              ...file,
              [words('screen.backups.column.restores-to'), restoresTo(restorableTo)],
              [
                words('screen.backups.fact.checksum'),
                <span key="sum" className={classes.path}>
                  {manifest.file.sha256}
                </span>,
              ],
            ]}
          />
          <div className={classes.below}>
            <CopyButton subtle text={manifest.file.sha256} label={words('screen.backups.copy-checksum')} />
          </div>
        </Panel>
        <Panel title={words('screen.backups.origin')}>
          <KeyValue
            rows={[
              [words('screen.backups.fact.instance'), manifest.instance.name],
              [words('screen.backups.fact.database'), manifest.database.name],
              [words('screen.backups.fact.server'), `PostgreSQL ${server.version}, ${manifest.database.encoding}`],
              [
                words('screen.backups.plan.tool'),
                words('screen.backups.plan.tool-is', {
                  version: tool.version,
                  compression: manifest.file.compression,
                }),
              ],
              [words('screen.backups.fact.ran'), ranOn(tool.route)],
              [words('screen.activity.took'), formatDuration(seconds * 1000)],
              [
                words('screen.facts.extensions'),
                manifest.extensions.map(({ name, version }) => `${name} ${version}`).join(', '),
              ],
              [words('screen.backups.fact.ledger'), ledgerLine(manifest)],
            ]}
          />
        </Panel>
      </div>
      {manifest.warnings.length > 0 && (
        <Panel title={words('screen.backups.warnings')} sub={words('screen.backups.warnings-sub')}>
          <ul className={classes.warnings}>
            {manifest.warnings.map((warning) => (
              <li key={warning}>
                <StatusIcon tone="warn" size={16} />
                <span className={classes.path}>{warning}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Tables tables={manifest.tables} />
      {manifest.ledger !== null && manifest.ledger.length > 0 && (
        <Panel title={words('screen.backups.fact.ledger')} sub={ledgerLine(manifest)}>
          <details className={classes.more}>
            <summary>{words('screen.backups.ledger-all')}</summary>
            <ol className={classes.ledger}>
              {manifest.ledger.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ol>
          </details>
        </Panel>
      )}
    </>
  );
}

function Tables({ tables }: { tables: BackupManifest['tables'] }) {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const sorted = [...tables].sort((a, b) => b.rows - a.rows || a.name.localeCompare(b.name));
  return (
    <Panel
      title={words('screen.backups.tables', { count: tables.length })}
      sub={words('screen.backups.tables-sub', { count: rows, amount: formatCount(rows) })}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable). */}
      <section className={classes.tableBox} tabIndex={0} aria-label={words('screen.backups.tables-list')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{words('screen.backups.table')}</th>
              <th scope="col" className={classes.number}>
                {words('screen.backups.rows')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ schema, name, rows: count }) => (
              <tr key={`${schema}.${name}`}>
                <td className={classes.path}>
                  {schema === 'public' ? '' : `${schema}.`}
                  {name}
                </td>
                <td className={classes.number}>{formatCount(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

function ledgerLine({ ledger }: BackupManifest): string {
  const last = ledger?.at(-1);
  return last === undefined
    ? words('screen.backups.ledger-none')
    : words('screen.backups.ledger', { count: ledger?.length ?? 0, last });
}

function ranOn(route: BackupRoute): string {
  switch (route.kind) {
    case 'this-computer':
      return `${words('screen.card.this-computer')}, ${route.path}`;
    case 'container':
      return words('screen.backups.route.container', { container: route.container });
    case 'one-off-container':
      return words('screen.backups.route.one-off', { image: route.image });
    case 'ssh-host':
      return words('screen.backups.route.ssh', { path: route.path });
  }
}
