import type { FileChange } from '../../contract/serverSettings.ts';
import classes from './Server.module.css';

/** What would change in a file, line by line: each line says by its first character what becomes of it. */
export function DiffView({ change }: { change: FileChange }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
    <section className={classes.diff} tabIndex={0} aria-label={change.path}>
      <pre>
        {change.diff
          .trimEnd()
          .split('\n')
          .map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one diff never change places.
            <span key={index} data-line={kindOf(line)}>
              {line === '' ? ' ' : line}
            </span>
          ))}
      </pre>
    </section>
  );
}

function kindOf(line: string): 'added' | 'removed' | 'place' | 'same' {
  if (/^(?:@@|---|\+\+\+|===|Index)/.test(line)) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'same';
}
