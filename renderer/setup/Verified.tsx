import { Button } from '@mantine/core';
import { IconExternalLink, IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect } from 'react';
import { useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { Installation } from '../../contract/install.ts';
import type { OperationView } from '../../contract/operation.ts';
import { ask } from '../api.ts';
import { Banner } from '../components/Banner.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView, ProblemView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { StartedList } from '../server/StartedList.tsx';
import { places, setupPlace } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { useHostName } from './DockerStep.tsx';
import type { InstanceInSetup } from './position.ts';
import classes from './Setup.module.css';

/** The end of the wizard: what makes the server started was seen, and where one goes from here. */
export function Verified({
  instance,
  installation,
  operation,
}: {
  instance: InstanceInSetup;
  installation: Installation;
  operation: OperationView;
}) {
  const [, go] = useLocation();
  const { status, looking, failure } = useStore((state) => serverOf(state, instance.id));
  const host = useHostName(installation.docker);
  const look = useCallback(() => void useStore.getState().lookAtServer(instance.id, false), [instance.id]);
  useEffect(look, [look]);
  // A database that was made with the server could not be checked before.
  useEffect(() => {
    const { loadChecks, runChecks } = useStore.getState();
    void loadChecks(instance.id).then(() => {
      const known = checksOf(useStore.getState(), instance.id);
      if (known.report === undefined && known.run === undefined) return runChecks(instance.id);
      return undefined;
    });
  }, [instance.id]);
  const finish = useAction(
    useCallback(async () => {
      await useStore.getState().updateInstance({ id: instance.id, setup: null });
      go(places.overview);
    }, [instance.id, go]),
  );
  const open = useAction(useCallback(() => ask('server.open', { instanceId: instance.id }), [instance.id]));
  const started = status?.started !== false;
  return (
    <div className={classes.body}>
      <div>
        <Banner
          tone={started ? 'ok' : 'warn'}
          title={words(started ? 'screen.verified.title' : 'screen.verified.not-started')}
        >
          {started && operation.outcome !== undefined
            ? say(operation.outcome)
            : words('screen.verified.not-started-text')}
        </Banner>
        <Panel
          flush
          sub={words('screen.verified.sub')}
          title={words('screen.server.started.title')}
          actions={
            <Button leftSection={<IconRefresh size={16} aria-hidden />} loading={looking} onClick={look}>
              {words('screen.docker.look-again')}
            </Button>
          }
        >
          {status !== undefined && <StartedList status={status} />}
          {(status === undefined || status.problem !== undefined || failure !== undefined) && (
            <div className={classes.inset}>
              {status === undefined && failure === undefined && (
                <StatusMark tone="busy">{words('screen.verified.looking')}</StatusMark>
              )}
              {status?.problem !== undefined && <ProblemView problem={status.problem} />}
              {failure !== undefined && <FailureView failure={failure} />}
            </div>
          )}
        </Panel>
      </div>
      <Panel>
        <div className={classes.group}>
          <p>{words('screen.verified.next')}</p>
          <p className={classes.hint}>
            {words('screen.verified.files', {
              path: instance.server?.composeFile ?? installation.folder,
              host,
            })}
          </p>
        </div>
      </Panel>
      {open.failure !== undefined && <FailureView failure={open.failure} />}
      {finish.failure !== undefined && <FailureView failure={finish.failure} />}
      <div className={classes.foot}>
        <Button onClick={() => go(setupPlace(instance.id, 'checks'))}>{words('screen.verified.checks')}</Button>
        <span className={classes.grow} />
        <Button
          leftSection={<IconExternalLink size={16} aria-hidden />}
          loading={open.pending}
          onClick={() => void open.run()}
        >
          {words('screen.verified.open')}
        </Button>
        <Button variant="filled" loading={finish.pending} onClick={() => void finish.run()}>
          {words('screen.verified.overview')}
        </Button>
      </div>
    </div>
  );
}
