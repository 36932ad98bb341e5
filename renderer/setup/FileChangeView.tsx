import type { FileChange } from '../../contract/serverSettings.ts';
import { Tag } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** A file of the Docker host as it would be, or what changes in it; lines added and taken away are told apart by more than colour. */
export function FileChangeView({ change }: { change: FileChange }) {
  const lines = change.state === 'new' ? added(change.diff) : change.diff.split('\n').filter((line) => !isHead(line));
  return (
    <details
      open={change.state === 'changed' || (change.state === 'new' && !change.path.endsWith('.env')) || undefined}
    >
      <summary className={classes.fileName}>
        <code>{change.path}</code>
        <Tag tone={change.state === 'same' ? 'quiet' : 'info'}>{words(`screen.review.file.${change.state}`)}</Tag>
      </summary>
      {change.state !== 'same' && (
        <section
          className={`${classes.diff} ${classes.fileBody}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
          tabIndex={0}
          aria-label={words('screen.review.file-open', { path: change.path })}
        >
          <pre>
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines never change places.
              <span key={index} data-change={change.state === 'new' ? undefined : kindOf(line)}>
                {`${line}\n`}
              </span>
            ))}
          </pre>
        </section>
      )}
    </details>
  );
}

/** A file that is not there yet is shown as what it will be, not as a change of nothing. */
function added(diff: string): string[] {
  return diff
    .split('\n')
    .filter((line) => line.startsWith('+') && !isHead(line))
    .map((line) => line.slice(1));
}

function isHead(line: string): boolean {
  return /^(?:--- |\+\+\+ |={10,}|Index: |\\ No newline)/.test(line);
}

function kindOf(line: string): 'added' | 'removed' | 'place' | undefined {
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return line.startsWith('@@') ? 'place' : undefined;
}
