import { Button } from '@mantine/core';
import { IconExternalLink, IconPlayerPlay, IconPlayerStop, IconRotateClockwise } from '@tabler/icons-react';
import { useCallback } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import { ask } from '../api.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Server.module.css';
import { canStart, canStop } from './serverLine.ts';

const icons = { start: IconPlayerPlay, stop: IconPlayerStop, restart: IconRotateClockwise } as const;

/** What can be done with the server now. */
export function ServerButtons({ instance, busy }: { instance: InstanceView; busy: boolean }) {
  const status = useStore((state) => serverOf(state, instance.id).status);
  const act = useAction(
    useCallback(
      (what: keyof typeof icons | 'open') =>
        what === 'open'
          ? ask('server.open', { instanceId: instance.id })
          : useStore.getState().changeServer(instance.id, what),
      [instance.id],
    ),
  );
  const offered = (['restart', 'stop', 'start'] as const).filter(
    (what) => status !== undefined && (what === 'start' ? canStart(status) : canStop(status)),
  );
  return (
    <div className={classes.buttons}>
      <div className={classes.buttonRow}>
        {offered.map((what) => {
          const Icon = icons[what];
          return (
            <Button
              key={what}
              variant={what === 'start' ? 'filled' : 'default'}
              disabled={busy || act.pending}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => void act.run(what)}
            >
              {words(`screen.server.${what}`)}
            </Button>
          );
        })}
        {instance.server?.url !== undefined && (
          <Button
            variant={status?.started === true ? 'filled' : 'default'}
            leftSection={<IconExternalLink size={16} aria-hidden />}
            onClick={() => void act.run('open')}
          >
            {words('screen.server.open')}
          </Button>
        )}
      </div>
      {act.failure !== undefined && <FailureView failure={act.failure} />}
    </div>
  );
}
