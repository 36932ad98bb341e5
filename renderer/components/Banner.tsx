import type { ReactNode } from 'react';
import classes from './Banner.module.css';
import { StatusIcon, type Tone } from './StatusMark.tsx';

const tints: Record<Tone, string> = {
  ok: classes.ok ?? '',
  warn: classes.warn ?? '',
  bad: classes.bad ?? '',
  info: classes.info ?? '',
  quiet: '',
  busy: '',
};

/** The line that answers the question which one came to the page with. */
export function Banner({
  tone,
  title,
  children,
  actions,
}: {
  tone: Tone;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={`${classes.banner} ${tints[tone]}`} role="status">
      <StatusIcon tone={tone} size={26} />
      <div className={classes.words}>
        <strong>{title}</strong>
        {children}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
