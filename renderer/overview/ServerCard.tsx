import { IconServer2 } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ServerStatus } from '../../contract/server.ts';
import { FactCard } from '../components/FactCard.tsx';
import { formatDuration } from '../format/duration.ts';
import { serverLine } from '../server/serverLine.ts';
import { useServerWatch, useStale } from '../server/useServerWatch.ts';
import { places } from '../shell/places.ts';
import { type ServerSection, serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** Milliseconds between looks while Overview is open. */
const every = 15_000;

/** Whether the server runs and is ready, as far as was just seen. */
export function ServerCard({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const linked = instance.server !== undefined;
  useServerWatch(linked ? instance.id : undefined, false, every);
  const { status, lookedAt, failure } = useStore((state) => serverOf(state, instance.id));
  const stale = useStale(lookedAt, 3 * every);
  const open = (section: ServerSection) => () => {
    useStore.getState().openServerSection(section);
    go(places.server);
  };
  const title = words('screen.card.server');
  if (!linked) {
    return (
      <FactCard
        icon={IconServer2}
        title={title}
        tone="quiet"
        state={words('screen.card.server.none')}
        fact={words('screen.card.server.none-fact')}
        evidence={words('screen.card.server.none-more')}
        action={{ label: words('screen.server.none-find'), run: () => go(places.server) }}
      />
    );
  }
  if (status === undefined || lookedAt === undefined || stale || failure !== undefined) {
    const looking = failure === undefined && !stale;
    return (
      <FactCard
        icon={IconServer2}
        title={title}
        tone={looking ? 'busy' : 'quiet'}
        state={words(looking ? 'screen.server.never-looked' : 'screen.card.server.tone.unknown')}
        loading={looking}
        fact={words('screen.card.not-known')}
        evidence={instance.server?.container}
        action={{ label: words('screen.card.server.see'), run: open('state') }}
      />
    );
  }
  const line = serverLine(status);
  const good = line.tone === 'ok';
  return (
    <FactCard
      icon={IconServer2}
      title={title}
      tone={line.tone}
      state={words(`screen.card.server.tone.${line.tone}`)}
      fact={
        good && status.state.kind === 'running'
          ? words('screen.card.server.running-for', {
              time: formatDuration(lookedAt - Date.parse(status.state.since)),
            })
          : say(line.title)
      }
      evidence={good ? evidenceOf(status) : line.more && say(line.more)}
      action={
        good
          ? { label: words('screen.card.server.logs'), run: open('logs') }
          : { label: words('screen.card.server.see'), run: open('state') }
      }
    />
  );
}

function evidenceOf({ health, state, container }: ServerStatus): string {
  return [
    health.kind === 'ok' ? words('screen.card.server.version', { version: health.version }) : undefined,
    state.kind === 'running' ? words('screen.card.server.evidence', { restarts: state.restarts }) : undefined,
    container.name,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
