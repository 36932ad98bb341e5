import type { InstanceView } from '../../contract/instance.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { Panel } from '../components/Panel.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** The saved settings, as fields. */
export function ConnectionDetails({ instance }: { instance: InstanceView }) {
  const { connection, route } = instance;
  const ssh = useStore((state) =>
    route.kind === 'ssh' ? state.sshHosts.find((one) => one.id === route.sshHostId)?.name : undefined,
  );
  if (connection === undefined) return null;
  return (
    <Panel title={words('screen.database.settings')}>
      <KeyValue
        rows={[
          [words('screen.form.host'), connection.hosts.map(({ host, port }) => `${host}:${port}`).join(', ')],
          [words('screen.form.database'), connection.database],
          [words('screen.form.user'), connection.user],
          [words('screen.password.title'), words(`screen.password.kept-${instance.password}`)],
          [
            words('screen.route.title'),
            route.kind === 'ssh' ? words('screen.card.through', { host: ssh ?? '' }) : words('screen.card.direct'),
          ],
          [words('screen.tls.title'), words(`screen.tls.${connection.tls.mode}`)],
          [
            words('screen.tls.ca'),
            connection.tls.caPath ?? (connection.tls.ca === undefined ? undefined : words('screen.tls.ca-trusted')),
          ],
          [words('screen.more.options'), connection.options],
        ]}
      />
    </Panel>
  );
}
