import { Button } from '@mantine/core';
import { IconNetwork, IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import type { NetworkFound } from '../../contract/network.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { ask } from '../api.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { KeyValue } from '../components/KeyValue.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { ConnectNetwork } from './ConnectNetwork.tsx';
import { Reading } from './Reading.tsx';
import classes from './Server.module.css';

/** Networks that Docker makes itself: nobody finds anybody by name in them, so that joining one helps nobody. */
const builtIn = new Set(['host', 'none', 'bridge']);

/** In which networks the server is, who else is in them, and which ones it could join. */
export function NetworksSection({ instance }: { instance: InstanceView }) {
  const { server } = instance;
  const [networks, setNetworks] = useState<NetworkFound[]>();
  const { run, failure, pending } = useAction(
    useCallback(async (docker: DockerPlace) => setNetworks(await ask('networks.list', { docker })), []),
  );
  const docker = server?.docker;
  const look = useCallback(() => {
    if (docker !== undefined) void run(docker);
  }, [docker, run]);
  useEffect(look, [look]);
  if (server === undefined) return null;
  const again = (
    <Button leftSection={<IconRefresh size={16} aria-hidden />} loading={pending} onClick={look}>
      {words('screen.server.look-again')}
    </Button>
  );
  if (failure !== undefined) {
    return (
      <Panel>
        <FailureView failure={failure} actions={again} />
      </Panel>
    );
  }
  if (networks === undefined) return <Reading />;
  const isIn = ({ containers }: NetworkFound) => containers.some(({ name }) => name === server.container);
  const own = networks.filter(isIn);
  const others = networks.filter((network) => !isIn(network) && !builtIn.has(network.name));
  return (
    <div className={classes.stack}>
      {own.length === 0 && (
        <Panel flush>
          <EmptyState icon={IconNetwork} title={words('screen.server.networks.none')} actions={again}>
            {words('screen.server.networks.none-text')}
          </EmptyState>
        </Panel>
      )}
      {own.map((network, index) => (
        <Panel
          key={network.name}
          title={<span className={classes.code}>{network.name}</span>}
          sub={words(subOf(network))}
          actions={index === 0 ? again : undefined}
        >
          <KeyValue
            rows={[
              [words('screen.server.networks.subnet'), network.subnets.join(', ')],
              [words('screen.server.networks.gateway'), network.gateways.join(', ')],
              [words('screen.server.networks.driver'), network.driver],
            ]}
          />
          <Containers network={network} server={server.container} />
        </Panel>
      ))}
      {others.length > 0 && (
        <Panel flush title={words('screen.server.networks.others')}>
          <ul>
            {others.map((network) => (
              <ConnectNetwork
                key={network.name}
                network={network}
                docker={server.docker}
                container={server.container}
                onDone={look}
              />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

function subOf({ name, internal }: NetworkFound) {
  if (builtIn.has(name)) return 'screen.server.networks.built-in';
  return internal ? 'screen.server.networks.internal' : 'screen.server.networks.text';
}

function Containers({ network, server }: { network: NetworkFound; server: string }) {
  return (
    <div className={classes.more}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{words('screen.server.networks.containers')}</th>
            <th scope="col">{words('screen.server.networks.address')}</th>
            <th scope="col">{words('screen.server.networks.names')}</th>
          </tr>
        </thead>
        <tbody>
          {network.containers.map(({ name, address, aliases }) => (
            <tr key={name}>
              <td>
                <span className={classes.code}>{name}</span>{' '}
                {name === server && <span className={classes.quiet}>({words('screen.server.networks.this')})</span>}
              </td>
              <td className={classes.code}>{address}</td>
              <td className={classes.code}>{aliases.filter((alias) => alias !== name).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
