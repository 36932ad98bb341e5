import { type ReactNode, useEffect, useRef } from 'react';
import { isFirstPlace } from '../shell/places.ts';
import { words } from '../words.ts';
import classes from './PageHead.module.css';

/** The heading of a page. Takes the focus when one went to the page, so that a screen reader says where one is. */
export function PageHead({ title, sub, actions }: { title: string; sub?: ReactNode; actions?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${words('app.name')}`;
  }, [title]);
  useEffect(() => {
    if (!isFirstPlace()) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className={classes.page}>
      <div className={classes.words}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {sub !== undefined && <p className={classes.sub}>{sub}</p>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}
