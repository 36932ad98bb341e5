import type { ArchiveInspection } from '../../contract/backup.ts';
import { say } from '../../contract/copy/text.ts';
import { Banner } from '../components/Banner.tsx';
import { KeyValue } from '../components/KeyValue.tsx';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { formatBytes } from '../format/bytes.ts';
import { words } from '../words.ts';
import classes from './Backups.module.css';
import { fileName, restoresTo, stateOf } from './backupLine.ts';

/** What is in somebody else's dump: whether it is whole, of which server, which tables, what is needed to restore it. */
export function InspectionView({ dump }: { dump: ArchiveInspection }) {
  const { verification, tables } = dump;
  const { tone, word } = stateOf(verification);
  return (
    <>
      <div className={classes.lead}>
        <Banner tone={tone} title={say(word)}>
          {verification.state === 'verified' && words('screen.backups.inspect.whole')}
          {verification.state === 'unverified' && words('screen.backups.inspect.unread')}
          {verification.state === 'damaged' && (
            <>
              {words('screen.backups.damaged-text', { why: words(`cli.backup.why.${verification.why}`) })}
              {verification.detail !== undefined && <span className={classes.detail}>{verification.detail}</span>}
            </>
          )}
        </Banner>
      </div>
      <Panel title={fileName(dump.path)} sub={words(`screen.backups.format.${dump.format}`)}>
        <div className={classes.form}>
          <KeyValue
            rows={[
              [words('screen.backups.column.size'), formatBytes(dump.bytes)],
              [words('screen.backups.fact.made'), dump.createdAt && <Moment at={dump.createdAt} />],
              [words('screen.backups.fact.database'), dump.database],
              [words('screen.backups.fact.server'), dump.serverVersion && `PostgreSQL ${dump.serverVersion}`],
              [words('screen.backups.plan.tool'), dump.toolVersion && `pg_dump ${dump.toolVersion}`],
              [words('screen.backups.fact.compression'), dump.compression],
              [words('screen.facts.extensions'), dump.extensions.join(', ')],
              [words('screen.backups.column.restores-to'), dump.restorableTo && restoresTo(dump.restorableTo)],
            ]}
          />
          {dump.warnings.length > 0 && (
            <ul className={classes.warnings}>
              {dump.warnings.map((warning) => (
                <li key={say(warning)}>
                  <StatusIcon tone="warn" size={16} />
                  {say(warning)}
                </li>
              ))}
            </ul>
          )}
          {tables.length > 0 && (
            <details className={classes.more}>
              <summary>{words('screen.backups.tables', { count: tables.length })}</summary>
              <ol className={classes.ledger}>
                {tables.map(({ schema, name }) => (
                  <li key={`${schema}.${name}`}>
                    {schema}.{name}
                  </li>
                ))}
              </ol>
            </details>
          )}
        </div>
      </Panel>
    </>
  );
}
