import { Button } from '@mantine/core';
import type { DockerPlace } from '../../contract/server.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import { useHostName } from './DockerStep.tsx';
import type { InstanceInSetup } from './position.ts';
import { ServerForm } from './ServerForm.tsx';
import classes from './Setup.module.css';
import type { RegisterLeave } from './SetupPage.tsx';
import { useServerDraft } from './useServerDraft.ts';

/** How the server is to be run. Begins with what suits the Docker host. */
export function ServerStep({
  instance,
  docker,
  registerLeave,
}: {
  instance: InstanceInSetup;
  docker: DockerPlace;
  registerLeave: RegisterLeave;
}) {
  const host = useHostName(docker);
  const { draft, failure, retry } = useServerDraft(instance, docker);
  if (draft === undefined) {
    return (
      <div className={classes.body}>
        <Panel>
          {failure === undefined ? (
            <>
              <StatusMark tone="busy">{words('screen.server-form.loading', { host })}</StatusMark>
              <p className={classes.hint}>{words('screen.server-form.loading-text')}</p>
            </>
          ) : (
            <FailureView
              failure={failure}
              actions={<Button onClick={retry}>{words('screen.docker.look-again')}</Button>}
            />
          )}
        </Panel>
      </div>
    );
  }
  return <ServerForm instance={instance} docker={docker} draft={draft} registerLeave={registerLeave} />;
}
