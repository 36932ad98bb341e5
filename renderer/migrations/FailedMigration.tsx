import { problemText } from '../../contract/copy/problemText.ts';
import type { Problem } from '../../contract/problem.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { KeyValue } from '../components/KeyValue.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { FixView } from '../fixes/FixView.tsx';
import { words } from '../words.ts';
import classes from './Migrations.module.css';
import { serverWords } from './serverWords.ts';

const names: Record<string, 'message' | 'detail' | 'hint' | 'context'> = {
  DETAIL: 'detail',
  HINT: 'hint',
  CONTEXT: 'context',
};

/** A migration that failed: which statement in which line, all that PostgreSQL said, what is left as it is, what to do. */
export function FailedMigration({ problem, rehearsed }: { problem: Problem; rehearsed: boolean }) {
  const { title, cause, next } = problemText(problem);
  const { migration, line, statement } = problem.values;
  const said = serverWords(problem.detail);
  const own = problem.code === 'migration-failed';
  return (
    <div className={classes.failed} role="alert">
      <StatusIcon tone="bad" />
      <div className={classes.form}>
        <div>
          <p className={classes.failedTitle}>{title}</p>
          {!(own && said.length > 0) && <p className={classes.quiet}>{cause}</p>}
        </div>
        {statement !== undefined && (
          <Snippet
            text={String(statement)}
            note={words('screen.migrations.failed.place', { name: String(migration), line: Number(line) })}
            label={words('screen.migrations.failed.statement')}
          />
        )}
        {said.length > 0 && (
          <KeyValue
            rows={said.map(({ part, said: text }) => [
              words(`screen.migrations.failed.${names[part] ?? 'message'}`),
              <span key={part} className={classes.said}>
                {text}
              </span>,
            ])}
          />
        )}
        <p>
          {rehearsed
            ? words('screen.migrations.failed.rehearsed')
            : own
              ? words('screen.migrations.failed.next')
              : next}
        </p>
        {problem.fixes !== undefined && problem.fixes.length > 0 && (
          <FixView fixes={problem.fixes} context={undefined} />
        )}
        {problem.detail !== undefined && (
          <div className={classes.actions}>
            <CopyButton subtle text={problem.detail} label={words('screen.migrations.failed.copy')} />
          </div>
        )}
      </div>
    </div>
  );
}
