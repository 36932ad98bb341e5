import type { ComponentType, ReactNode } from 'react';
import classes from './FactCard.module.css';
import { StatusMark, type Tone } from './StatusMark.tsx';
import surface from './surface.module.css';

/** Cards side by side, as many as fit, up to three. */
export function FactCards({ children }: { children: ReactNode }) {
  return (
    <div className={classes.cards}>
      <div className={classes.grid}>{children}</div>
    </div>
  );
}

/** What it is, its state, the one fact that matters, one line of evidence, one action. */
export function FactCard({
  icon: Icon,
  title,
  tone,
  state,
  fact,
  evidence,
  action,
  loading = false,
}: {
  icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  tone: Tone;
  state: string;
  fact: ReactNode;
  evidence?: ReactNode;
  action?: { label: string; run(): void };
  loading?: boolean;
}) {
  return (
    <section className={`${surface.panel} ${classes.card}`} aria-busy={loading}>
      <div className={classes.top}>
        <h2>
          <Icon size={18} stroke={1.75} />
          {title}
        </h2>
        <span className={classes.state}>
          <StatusMark tone={tone}>{state}</StatusMark>
        </span>
      </div>
      {loading ? (
        <div className={classes.skeleton} />
      ) : (
        <>
          <div className={classes.fact}>{fact}</div>
          {evidence !== undefined && <div className={classes.evidence}>{evidence}</div>}
        </>
      )}
      {action !== undefined && (
        <div className={classes.action}>
          <LinkButton onClick={action.run}>{action.label}</LinkButton>
        </div>
      )}
    </section>
  );
}

/** A quiet action that looks like a link. */
export function LinkButton({ onClick, children }: { onClick(): void; children: string }) {
  return (
    <button type="button" className={classes.link} onClick={onClick}>
      {children}
    </button>
  );
}
