import { StatusIcon } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import classes from './Server.module.css';

/** While the Docker host is asked. */
export function Reading() {
  return (
    <div className={classes.reading}>
      <span role="status" aria-label={words('screen.loading')}>
        <StatusIcon tone="busy" size={22} />
      </span>
    </div>
  );
}
