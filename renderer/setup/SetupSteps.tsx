import { useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView, SetupStep } from '../../contract/instance.ts';
import { sumLine } from '../checks/checkSum.ts';
import { setupPlace } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { connectionOf } from '../store/connections.ts';
import { lastInstall } from '../store/setupInstall.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { useHostName } from './DockerStep.tsx';
import { comesWithServer, dockerOf, setupPosition, stepsFor } from './position.ts';
import { Stepper, type StepView } from './Stepper.tsx';

/** The steps beside the wizard's page: what was decided in each, and the way back to it. */
export function SetupSteps({ instance, current }: { instance?: InstanceView; current: SetupStep }) {
  const [, go] = useLocation();
  const hints = useHints(instance);
  const done = useDone(instance);
  const steps = stepsFor(instance).map((id): StepView => {
    // What a step needs may be missing still: then going there leads to another one.
    const reachable = instance !== undefined && setupPosition([instance], instance.id, id).step === id;
    return {
      id,
      name: words(`screen.setup.${id}.name`),
      hint: hints[id],
      state: id === current ? 'current' : !reachable ? 'closed' : done[id] ? 'done' : 'open',
      onOpen: reachable ? () => go(setupPlace(instance.id, id)) : undefined,
    };
  });
  return <Stepper steps={steps} />;
}

function useHints(instance: InstanceView | undefined): Partial<Record<SetupStep, string>> {
  const docker = instance === undefined ? undefined : dockerOf(instance);
  const host = useHostName(docker);
  const report = useStore((state) => checksOf(state, instance?.id).report);
  const install = useStore((state) => (instance === undefined ? undefined : lastInstall(state, instance.id)));
  if (instance === undefined) return {};
  const { setup, connection, installation } = instance;
  const source = instance.kind === 'practice' ? 'practice' : setup?.source;
  const address = connection?.hosts[0];
  const later = comesWithServer(instance);
  const port = setup?.server?.port ?? installation?.settings.port;
  return {
    docker:
      docker === undefined
        ? words('screen.docker.hint-none')
        : docker.kind === 'local'
          ? words('screen.docker.hint-local')
          : words('screen.docker.hint-ssh', { host }),
    database: source === undefined ? undefined : words(`screen.setup.source.${source}`),
    connection: later
      ? words('screen.setup.connection.later')
      : address === undefined
        ? undefined
        : addressLine(address.host, address.port),
    checks: later
      ? words('screen.setup.checks.later')
      : report === undefined
        ? undefined
        : say(sumLine(report.results).line),
    server: port === undefined || port === '' ? undefined : words('screen.setup.server.hint', { port: String(port) }),
    install: install === undefined ? undefined : words(`screen.setup.install.hint-${install.state}`),
  };
}

function useDone(instance: InstanceView | undefined): Partial<Record<SetupStep, boolean>> {
  const verdict = useStore((state) => checksOf(state, instance?.id).report?.verdict);
  const outcome = useStore((state) => connectionOf(state, instance?.id).report?.outcome);
  const install = useStore((state) => (instance === undefined ? undefined : lastInstall(state, instance.id)?.state));
  if (instance === undefined) return {};
  const installed = install === 'succeeded' || instance.installation !== undefined;
  return {
    docker: true,
    database: instance.kind === 'practice' || instance.setup === undefined || instance.setup.source !== undefined,
    connection: instance.kind === 'practice' || (instance.connection !== undefined && outcome !== 'failed'),
    checks: verdict === 'ready' || (verdict === 'ready-with-warnings' && installed),
    server: instance.setup?.server !== undefined,
    review: installed,
    install: installed,
  };
}

function addressLine(host: string, port: number): string {
  return host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
