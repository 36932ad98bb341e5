import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { MigrationPreview, StatementPreview } from '../../contract/migration.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Panel } from '../components/Panel.tsx';
import { ProblemView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { StatusIcon, Tag } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import classes from './Migrations.module.css';
import { effectTones, isMissing, needLine, warningLine, warningSum } from './previewWords.ts';

/** The files in the order in which they are applied; each opens to its statements. */
export function PreviewFiles({ files }: { files: readonly MigrationPreview[] }) {
  return (
    <Panel flush title={words('screen.migrations.preview.files')} sub={words('screen.migrations.preview.files-text')}>
      <ol aria-label={words('screen.migrations.preview.files')} className={classes.files}>
        {files.map((file) => (
          <PreviewFile key={file.name} file={file} />
        ))}
      </ol>
    </Panel>
  );
}

function PreviewFile({ file: { name, effect, statements, problem } }: { file: MigrationPreview }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const worst = statements.flatMap(({ warnings }) => warnings).filter((warning) => warning.effect === effect);
  const first = effect === 'harmless' ? undefined : worst[0];
  return (
    <li className={classes.file} data-effect={effect}>
      <button
        type="button"
        className={classes.fileHead}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
        <span className={classes.fileWords}>
          <span className={classes.fileName}>{name}</span>
          {!open && first !== undefined && (
            <span className={classes.fileLine}>
              {warningSum(first)}
              {worst.length > 1 && ` ${words('screen.migrations.sum.more', { count: worst.length - 1 })}`}
            </span>
          )}
        </span>
        {problem === undefined ? (
          <Tag tone={effectTones[effect] === 'ok' ? 'quiet' : effectTones[effect]}>
            {words(`migration.effect.${effect}`)}
          </Tag>
        ) : (
          <Tag tone="bad">{words('screen.migrations.preview.broken')}</Tag>
        )}
      </button>
      {open && (
        <div className={classes.fileBody} id={id}>
          {problem !== undefined && <ProblemView problem={problem} />}
          {statements.map((statement) => (
            <Statement key={`${statement.line} ${statement.sql}`} name={name} statement={statement} />
          ))}
        </div>
      )}
    </li>
  );
}

function Statement({ name, statement }: { name: string; statement: StatementPreview }) {
  const { line, sql, command, warnings, needs } = statement;
  const place = words('screen.migrations.preview.place', { name, line });
  return (
    <div className={classes.statement}>
      <div className={classes.statementHead}>
        <span className={classes.line}>{words('screen.migrations.preview.line', { line })}</span>
        <strong>{command}</strong>
        <span className={classes.grow} />
        <CopyButton subtle text={sql} label={words('screen.migrations.preview.copy')} />
      </div>
      {(warnings.length > 0 || needs.length > 0) && (
        <ul className={classes.warnings}>
          {warnings.map((warning) => (
            <li key={`${warning.object} ${warning.reason}`}>
              <StatusIcon tone={effectTones[warning.effect]} size={16} />
              <span>{warningLine(warning)}</span>
            </li>
          ))}
          {needs.map((need) => (
            <li key={needLine(need)}>
              <StatusIcon tone={isMissing(need) ? 'bad' : 'ok'} size={16} />
              <span>{sentence(needLine(need))}</span>
            </li>
          ))}
        </ul>
      )}
      <Snippet text={sql} label={place} />
    </div>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
