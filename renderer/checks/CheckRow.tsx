import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconRefresh } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { CheckResult, CheckStatus } from '../../contract/check.ts';
import { say } from '../../contract/copy/text.ts';
import { Said } from '../components/Said.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { FixView } from '../fixes/FixView.tsx';
import type { FixContext } from '../fixes/fixContext.ts';
import { words } from '../words.ts';
import classes from './CheckList.module.css';

const tones = { pass: 'ok', warn: 'warn', fail: 'bad', skipped: 'quiet' } as const satisfies Record<
  CheckStatus,
  string
>;

/** One requirement with its evidence. Open by itself only when it needs a hand. */
export function CheckRow({
  result,
  fresh,
  busy,
  context,
  onAgain,
}: {
  result: CheckResult;
  fresh: boolean;
  busy: boolean;
  context: FixContext;
  onAgain(): void;
}) {
  const id = useId();
  const [toggled, setToggled] = useState<boolean | undefined>();
  const openable = result.fixes.length > 0 || result.why !== undefined;
  const open = openable && (toggled ?? (result.status === 'fail' && result.fixes.length > 0));
  const tone = tones[result.status];
  const title = say(result.title);
  return (
    <li className={`${classes.row} ${fresh ? '' : classes.waiting}`} data-check={result.id} data-status={result.status}>
      <StatusIcon tone={fresh ? tone : 'busy'} />
      <p className={classes.name} id={id}>
        {title}
      </p>
      <div className={classes.end}>
        <Tooltip label={words('screen.check.again-one', { name: title })}>
          <ActionIcon
            size="sm"
            className={classes.again}
            disabled={busy}
            aria-label={words('screen.check.again-one', { name: title })}
            onClick={onAgain}
          >
            <IconRefresh size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <span className={`${classes.word} ${classes[tone]}`}>{words(`check.status.${result.status}`)}</span>
        {openable ? (
          <ActionIcon
            size="sm"
            aria-expanded={open}
            aria-label={words(open ? 'screen.check.close' : 'screen.check.open', { name: title })}
            onClick={() => setToggled(!open)}
          >
            {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          </ActionIcon>
        ) : (
          <ActionIcon component="span" size="sm" style={{ visibility: 'hidden' }} aria-hidden />
        )}
      </div>
      <p className={`${classes.evidence} ${classes.below}`}>
        <Said text={result.evidence} />
      </p>
      {open && (
        <div className={classes.more}>
          {result.fixes.length > 0 ? (
            <FixView fixes={result.fixes} why={result.why} context={context} />
          ) : (
            result.why !== undefined && (
              <p className={classes.evidence}>
                <Said text={result.why} />
              </p>
            )
          )}
        </div>
      )}
    </li>
  );
}
