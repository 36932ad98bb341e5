import classes from './Snippet.module.css';

/** Text to be pasted or that will run, word by word. `note` is a comment line above it. */
export function Snippet({ text, note, label }: { text: string; note?: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
    <section className={classes.snippet} tabIndex={0} aria-label={label}>
      <pre>
        {note !== undefined && <span className={classes.note}>{`${note}\n`}</span>}
        {text}
      </pre>
    </section>
  );
}
