import { useCallback, useEffect, useRef, useState } from 'react';
import type { InstanceView } from '../../../contract/instance.ts';
import { FailureView } from '../../components/ProblemView.tsx';
import { StatusIcon, type Tone } from '../../components/StatusMark.tsx';
import { formatCount } from '../../format/bytes.ts';
import { words } from '../../words.ts';
import classes from './Log.module.css';
import { LogButton } from './LogButton.tsx';
import { LogTools } from './LogTools.tsx';
import { LogView, type LogViewHandle } from './LogView.tsx';
import type { LogLevel, LogModel } from './logModel.ts';
import { type StreamState, useLogStream } from './useLogStream.ts';
import { useLogVersion } from './useLogVersion.ts';

/** The server's log: followed, searched, filtered, wrapped, copied, saved. */
export function LogSection({ instance }: { instance: InstanceView }) {
  const { model, stream, hold, reopen } = useLogStream(instance.id);
  const view = useRef<LogViewHandle>(null);
  const [following, setFollowing] = useState(true);
  const [wrap, setWrap] = useState(false);
  const [level, setLevel] = useState<LogLevel>('debug');
  const [query, setQuery] = useState('');
  const [match, setMatch] = useState<number>();

  useEffect(() => model.setLevel(level), [model, level]);
  useEffect(() => {
    // Typing goes on while the lines are looked through.
    const timer = setTimeout(() => model.setQuery(query), query === '' ? 0 : 120);
    return () => clearTimeout(timer);
  }, [model, query]);

  const goTo = useCallback(
    (step: 1 | -1) => {
      const { matches } = model;
      if (matches.length === 0) return;
      const from = match ?? view.current?.firstVisible() ?? 0;
      const at = matches.indexFrom(from);
      const exact = matches.at(at) === match && match !== undefined;
      const next = step === 1 ? (exact ? at + 1 : at) : at - 1;
      const number = matches.at((next + matches.length) % matches.length);
      if (number === undefined) return;
      setMatch(number);
      setFollowing(false);
      view.current?.show(number);
    },
    [model, match],
  );
  return (
    <div className={classes.log}>
      <LogTools
        instance={instance}
        model={model}
        query={query}
        onQuery={(next) => {
          setQuery(next);
          setMatch(undefined);
        }}
        match={match}
        onStep={goTo}
        level={level}
        onLevel={(next) => {
          setLevel(next);
          // The place in other lines means nothing in these: the newest ones are what is looked for.
          setFollowing(true);
        }}
        wrap={wrap}
        onWrap={setWrap}
        held={stream.kind === 'open' && stream.held}
        onHold={stream.kind === 'open' ? hold : undefined}
      />
      {stream.kind === 'failed' && (
        <div className={classes.failure}>
          <FailureView
            failure={stream.failure}
            actions={<LogButton onClick={reopen}>{words('screen.server.log.again')}</LogButton>}
          />
        </div>
      )}
      <LogView
        ref={view}
        model={model}
        wrap={wrap}
        match={match}
        following={following}
        onFollowing={setFollowing}
        opening={stream.kind === 'opening'}
      />
      <LogFoot model={model} stream={stream} following={following} onFollow={() => setFollowing(true)} />
    </div>
  );
}

function LogFoot({
  model,
  stream,
  following,
  onFollow,
}: {
  model: LogModel;
  stream: StreamState;
  following: boolean;
  onFollow(): void;
}) {
  useLogVersion(model);
  const { tone, key } = footLine(stream, following);
  const count = { count: model.kept, amount: formatCount(model.kept) };
  return (
    <div className={classes.foot}>
      <StatusIcon tone={tone} size={16} />
      <span role="status">{words(key)}</span>
      {!following && <LogButton onClick={onFollow}>{words('screen.server.log.to-end')}</LogButton>}
      <span className={classes.grow} />
      {model.letGo > 0 && (
        <span>{words('screen.server.log.let-go', { count: model.letGo, amount: formatCount(model.letGo) })}</span>
      )}
      <span className={classes.count}>
        {model.shown.length === model.kept
          ? words('screen.server.log.count-all', count)
          : words('screen.server.log.count', { ...count, shown: formatCount(model.shown.length) })}
      </span>
    </div>
  );
}

function footLine(stream: StreamState, following: boolean) {
  const line = <Key extends string>(tone: Tone, key: Key) => ({
    tone,
    key: `screen.server.log.status.${key}` as const,
  });
  switch (stream.kind) {
    case 'opening':
      return line('busy', 'opening');
    case 'ended':
      return line('quiet', 'ended');
    case 'failed':
      return line('bad', 'failed');
    case 'open':
      if (stream.held) return line('info', 'paused');
      return following ? line('ok', 'following') : line('info', 'scrolled');
    default:
      return stream satisfies never;
  }
}
