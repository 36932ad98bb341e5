import { type ReactNode, useId } from 'react';
import head from './PageHead.module.css';
import classes from './surface.module.css';

/** A framed part of a page, with its heading. `flush` leaves the padding to the content. */
export function Panel({
  title,
  sub,
  actions,
  flush = false,
  children,
}: {
  title?: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <header className={`${classes.padded} ${head.head}`} data-flush={flush || undefined}>
          <div>
            <h2 className={classes.title} id={id}>
              {title}
            </h2>
            {sub !== undefined && <p className={classes.sub}>{sub}</p>}
          </div>
          {actions !== undefined && <div className={head.actions}>{actions}</div>}
        </header>
      )}
      {flush ? children : <div className={title === undefined ? classes.padded : head.body}>{children}</div>}
    </section>
  );
}
