import { ActionIcon, Button, Checkbox, NativeSelect, TextInput, Tooltip } from '@mantine/core';
import {
  IconChevronDown,
  IconChevronUp,
  IconDeviceFloppy,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
} from '@tabler/icons-react';
import { type ReactNode, useCallback } from 'react';
import type { InstanceView } from '../../../contract/instance.ts';
import { ask } from '../../api.ts';
import { FailureView } from '../../components/ProblemView.tsx';
import { formatCount } from '../../format/bytes.ts';
import { useAction } from '../../store/useAction.ts';
import { words } from '../../words.ts';
import { CopyLog } from './CopyLog.tsx';
import classes from './Log.module.css';
import { type LogLevel, type LogModel, logLevels } from './logModel.ts';
import { useLogVersion } from './useLogVersion.ts';

/** Search, level, wrap, pause, copy, save. */
export function LogTools({
  instance,
  model,
  query,
  onQuery,
  match,
  onStep,
  level,
  onLevel,
  wrap,
  onWrap,
  held,
  onHold,
}: {
  instance: InstanceView;
  model: LogModel;
  query: string;
  onQuery(query: string): void;
  match: number | undefined;
  onStep(step: 1 | -1): void;
  level: LogLevel;
  onLevel(level: LogLevel): void;
  wrap: boolean;
  onWrap(wrap: boolean): void;
  held: boolean;
  /** Missing while nothing comes in. */
  onHold?: (held: boolean) => void;
}) {
  const save = useAction(useCallback(() => ask('server.log.save', { instanceId: instance.id }), [instance.id]));
  return (
    <>
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          type="search"
          aria-label={words('screen.server.log.search')}
          placeholder={words('screen.server.log.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={query}
          spellCheck={false}
          onChange={(event) => onQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape') onQuery('');
            else return;
            event.preventDefault();
          }}
        />
        {query !== '' && <MatchSteps model={model} match={match} onStep={onStep} />}
        <NativeSelect
          aria-label={words('screen.server.log.levels')}
          value={level}
          data={logLevels.map((value) => ({ value, label: words(`screen.server.log.level.${value}`) }))}
          onChange={(event) => {
            const chosen = logLevels.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) onLevel(chosen);
          }}
        />
        <Checkbox
          label={words('screen.server.log.wrap')}
          checked={wrap}
          onChange={(event) => onWrap(event.currentTarget.checked)}
        />
        <span className={classes.grow} />
        <div className={classes.buttons}>
          <Button
            disabled={onHold === undefined}
            leftSection={held ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
            onClick={() => onHold?.(!held)}
          >
            {words(held ? 'screen.server.log.resume' : 'screen.server.log.pause')}
          </Button>
          <CopyLog model={model} />
          <Button
            loading={save.pending}
            leftSection={<IconDeviceFloppy size={16} aria-hidden />}
            onClick={() => void save.run()}
          >
            {words('screen.server.log.save')}
          </Button>
        </div>
      </div>
      {save.failure !== undefined && (
        <div className={classes.failure}>
          <FailureView failure={save.failure} />
        </div>
      )}
    </>
  );
}

function MatchSteps({
  model,
  match,
  onStep,
}: {
  model: LogModel;
  match: number | undefined;
  onStep(step: 1 | -1): void;
}) {
  useLogVersion(model);
  const none = model.matches.length === 0;
  return (
    <div className={classes.steps}>
      <span className={classes.matches} role="status">
        {matchesLine(model, match)}
      </span>
      <Step label={words('screen.server.log.previous')} onClick={() => onStep(-1)} disabled={none}>
        <IconChevronUp size={18} aria-hidden />
      </Step>
      <Step label={words('screen.server.log.next')} onClick={() => onStep(1)} disabled={none}>
        <IconChevronDown size={18} aria-hidden />
      </Step>
    </div>
  );
}

function Step({
  label,
  onClick,
  disabled,
  children,
}: {
  label: string;
  onClick(): void;
  disabled: boolean;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function matchesLine({ matches }: LogModel, match: number | undefined): string {
  if (matches.length === 0) return words('screen.server.log.no-matches');
  const index = match === undefined ? -1 : matches.indexFrom(match);
  const number = index >= 0 && matches.at(index) === match ? formatCount(index + 1) : '–';
  return words('screen.server.log.matches', { number, count: formatCount(matches.length) });
}
