import { Button } from '@mantine/core';
import { IconServer2 } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { places, setupPlace } from '../shell/places.ts';
import { words } from '../words.ts';
import { FindServer } from './FindServer.tsx';

/** No server is known: what one is, and the two ways to get it. */
export function NoServer({ instance: shown }: { instance?: InstanceView }) {
  const [, go] = useLocation();
  const practice = shown?.kind === 'practice';
  // No server can use a practice database: one that is found becomes an instance of its own.
  const instance = practice ? undefined : shown;
  const [finding, setFinding] = useState(shown === undefined);
  return (
    <>
      <PageHead title={words('screen.server.title')} sub={shown?.name} />
      {finding ? (
        <FindServer instance={instance} />
      ) : (
        <Panel flush>
          <EmptyState
            icon={IconServer2}
            title={words('screen.server.none')}
            actions={
              <>
                <Button variant="filled" onClick={() => setFinding(true)}>
                  {words('screen.server.none-find')}
                </Button>
                <Button
                  onClick={() => go(instance === undefined ? places.newSetup : setupPlace(instance.id, 'docker'))}
                >
                  {words('screen.server.none-install')}
                </Button>
              </>
            }
          >
            {words(practice ? 'screen.server.none-practice' : 'screen.server.none-text')}
          </EmptyState>
        </Panel>
      )}
    </>
  );
}
