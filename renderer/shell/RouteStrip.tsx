import { Banner } from '../components/Banner.tsx';
import { selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** Says so while the SSH route of the instance is being put up again. */
export function RouteStrip() {
  const instance = useStore(selectedInstance);
  const hostId = instance?.route.kind === 'ssh' ? instance.route.sshHostId : undefined;
  const route = useStore((state) => (hostId === undefined ? undefined : state.sshRoutes[hostId]));
  const host = useStore((state) => state.sshHosts.find((one) => one.id === hostId));
  if (route === undefined || route.state !== 'reconnecting') return null;
  return (
    <Banner tone="warn" title={words('screen.route.reconnecting', { host: host?.name ?? '' })}>
      {words('screen.route.reconnecting-more', { attempt: route.attempt })}
    </Banner>
  );
}
