import { Button } from '@mantine/core';
import { useId, useMemo, useState } from 'react';
import type { ConnectionSettings } from '../../contract/connection.ts';
import { parseConnectionString } from '../../contract/connectionString/parse.ts';
import type { Mistake } from '../../contract/connectionString/parsed.ts';
import { say } from '../../contract/copy/text.ts';
import { StatusIcon } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import own from './PasteString.module.css';
import classes from './Setup.module.css';
import { segments } from './segments.ts';

const tones = { error: 'bad', warning: 'warn', note: 'info' } as const satisfies Record<Mistake['severity'], string>;

/** A URL or key=value string, read as it is typed: what was understood is marked and listed, mistakes are pointed at. */
export function PasteString({ onUse }: { onUse(settings: ConnectionSettings, password: string | undefined): void }) {
  const id = useId();
  const [text, setText] = useState('');
  const parsed = useMemo(() => parseConnectionString(text), [text]);
  const empty = text.trim() === '';
  const repair = parsed.mistakes.find((mistake) => mistake.repair !== undefined)?.repair;
  return (
    <div className={classes.group}>
      <div>
        <label htmlFor={id} className={classes.label}>
          {words('screen.paste.label')}
        </label>
        <p className={classes.hint} id={`${id}-hint`}>
          {words('screen.paste.text')}
        </p>
      </div>
      <div className={own.box}>
        <div className={own.marks} aria-hidden>
          {segments(text, parsed.understood, parsed.mistakes).map((segment) => (
            <span key={segment.start} className={segment.mark === 'plain' ? undefined : own[segment.mark]}>
              {segment.text}
            </span>
          ))}
          {'\u200b'}
        </div>
        <textarea
          id={id}
          className={own.text}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder="postgresql://aperture:…@db.lan:5432/aperture?sslmode=require"
          spellCheck={false}
          autoComplete="off"
          aria-describedby={`${id}-hint ${id}-found`}
          aria-invalid={!empty && !parsed.usable}
        />
      </div>
      <div id={`${id}-found`} role="status">
        {!empty && parsed.mistakes.length > 0 && (
          <ul>
            {parsed.mistakes.map((mistake) => (
              <li key={`${mistake.code} ${mistake.start}`} className={own.mistake}>
                <StatusIcon tone={tones[mistake.severity]} />
                <span>{say(mistake.text)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {!empty && parsed.understood.length > 0 && (
        <div>
          <p className={classes.label}>{words('screen.paste.understood')}</p>
          <dl className={own.fields}>
            {parsed.understood.map((part) => (
              <div key={`${part.field} ${part.start}`} style={{ display: 'contents' }}>
                <dt>{part.field}</dt>
                <dd>
                  {part.value}
                  {!part.used && <span className={classes.hint}> {words('screen.paste.unused')}</span>}
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      {!empty && parsed.missing.length > 0 && (
        <p className={classes.hint}>
          {words('screen.paste.missing', {
            fields: parsed.missing.map((field) => words(`screen.paste.field.${field}`)).join(', '),
          })}
        </p>
      )}
      <div className={classes.foot}>
        <Button
          variant="filled"
          disabled={!parsed.usable}
          onClick={() => {
            onUse(parsed.settings, parsed.password);
            setText('');
          }}
        >
          {words('screen.paste.use')}
        </Button>
        {repair !== undefined && <Button onClick={() => setText(repair)}>{words('screen.paste.repair')}</Button>}
      </div>
    </div>
  );
}
