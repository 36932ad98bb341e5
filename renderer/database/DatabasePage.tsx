import { Button } from '@mantine/core';
import { IconPencil, IconPlugConnected } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { CheckList } from '../checks/CheckList.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { ConnectionTest } from '../setup/ConnectionTest.tsx';
import { setupPlace } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { connectionOf } from '../store/connections.ts';
import { isReachable, selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { ConnectionDetails } from './ConnectionDetails.tsx';
import { DatabaseFactsView } from './DatabaseFactsView.tsx';
import { ProviderAdvice } from './ProviderAdvice.tsx';
import { RemoveInstance } from './RemoveInstance.tsx';
import classes from './Report.module.css';

/** Everything about the database: its checks, how it is reached, its certificates, what is in it. */
export function DatabasePage() {
  const instance = useStore(selectedInstance);
  return instance === undefined ? null : <InstanceDatabase key={instance.id} instance={instance} />;
}

function InstanceDatabase({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const connection = useStore((state) => connectionOf(state, instance.id));
  const report = useStore((state) => checksOf(state, instance.id).report);
  const { loadConnection, loadSshHosts, testConnection } = useStore.getState();
  useEffect(() => {
    void loadConnection(instance.id);
    void loadSshHosts().catch(() => undefined);
  }, [instance.id, loadConnection, loadSshHosts]);
  const edit = () => go(setupPlace(instance.id, 'connection'));

  if (!isReachable(instance)) {
    return (
      <>
        <PageHead title={words('screen.database.title')} sub={instance.name} />
        <div className={classes.stack}>
          <Panel flush>
            <EmptyState
              icon={IconPlugConnected}
              title={words('screen.database.none')}
              actions={
                <Button variant="filled" onClick={edit}>
                  {words('screen.overview.action.continue-setup')}
                </Button>
              }
            >
              {words('screen.database.none-text')}
            </EmptyState>
          </Panel>
          <RemoveInstance instance={instance} />
        </div>
      </>
    );
  }
  const provider = report?.server?.provider ?? connection.report?.server?.provider;
  return (
    <>
      <PageHead
        title={words('screen.database.title')}
        sub={instance.name}
        actions={
          <>
            {instance.kind !== 'practice' && (
              <Button leftSection={<IconPencil size={16} aria-hidden />} onClick={edit}>
                {words('screen.database.edit')}
              </Button>
            )}
            <Button
              leftSection={<IconPlugConnected size={16} aria-hidden />}
              loading={connection.testing}
              onClick={() => void testConnection(instance.id)}
            >
              {words('screen.connection.test')}
            </Button>
          </>
        }
      />
      <div className={classes.stack}>
        <CheckList instance={instance} automatic={false} />
        <ConnectionTest instance={instance} />
        {provider !== undefined && <ProviderAdvice provider={provider} />}
        <ConnectionDetails instance={instance} />
        {report?.facts !== undefined && <DatabaseFactsView facts={report.facts} at={report.at} />}
        <RemoveInstance instance={instance} />
      </div>
    </>
  );
}
