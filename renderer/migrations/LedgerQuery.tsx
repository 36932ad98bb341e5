import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import type { LedgerAnswer } from '../../contract/migrationChannels.ts';
import { ask } from '../api.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { Reading } from '../server/Reading.tsx';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Migrations.module.css';

const moment = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/** The query that the guide gives, and what it gives now. */
export function LedgerQuery({ instance }: { instance: InstanceView }) {
  const [answer, setAnswer] = useState<LedgerAnswer>();
  const { run, pending, failure } = useAction(
    useCallback(async () => setAnswer(await ask('migrations.ledger', { instanceId: instance.id })), [instance.id]),
  );
  useEffect(() => {
    void run();
  }, [run]);
  const again = (
    <Button leftSection={<IconRefresh size={16} aria-hidden />} loading={pending} onClick={() => void run()}>
      {words('screen.migrations.query.again')}
    </Button>
  );
  if (failure !== undefined) {
    return (
      <Panel>
        <FailureView failure={failure} actions={again} />
      </Panel>
    );
  }
  if (answer === undefined) return <Reading />;
  const { query, there, rows } = answer;
  const text = rows.map(({ name, appliedAt }) => `${name}\t${localTime(appliedAt)}`).join('\n');
  return (
    <Panel
      title={words('screen.migrations.section.query')}
      sub={words('screen.migrations.query.text')}
      actions={
        <>
          {again}
          <CopyButton text={query} label={words('screen.migrations.query.copy')} />
        </>
      }
    >
      <div className={classes.form}>
        <Snippet text={query} label={words('screen.migrations.query.statement')} />
        {there ? (
          <>
            <div className={classes.actions}>
              <strong>{words('screen.migrations.query.rows', { count: rows.length })}</strong>
              {rows.length > 0 && (
                <CopyButton subtle text={text} label={words('screen.migrations.query.copy-result')} />
              )}
            </div>
            {rows.length > 0 && (
              <section
                className={classes.result}
                aria-label={words('screen.migrations.query.result')}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
                tabIndex={0}
              >
                <table className={classes.table}>
                  <thead>
                    <tr>
                      <th scope="col">name</th>
                      <th scope="col">applied_at</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map(({ name, appliedAt }) => (
                      <tr key={name}>
                        <td>{name}</td>
                        <td>{localTime(appliedAt)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            )}
          </>
        ) : (
          <p className={classes.quiet}>{words('cli.migrate.status.no-ledger')}</p>
        )}
      </div>
    </Panel>
  );
}

/** As the clock on the wall says it, to the second. */
function localTime(iso: string | undefined): string {
  return iso === undefined ? '' : moment.format(new Date(iso));
}
