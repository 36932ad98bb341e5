import { Button } from '@mantine/core';
import { IconCircleCheck, IconRefresh } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Reading } from '../server/Reading.tsx';
import { migrationsOf } from '../store/migrations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { EffectSums } from './EffectSums.tsx';
import classes from './Migrations.module.css';
import { PreviewFiles } from './PreviewFiles.tsx';

/** What the pending files would do to the tables as they are now. Nothing is run for it. */
export function PreviewSection({ instance }: { instance: InstanceView }) {
  const { preview, status } = useStore((state) => migrationsOf(state, instance.id));
  const { previewMigrations } = useStore.getState();
  const source = status.value?.source;
  const statusAt = status.value?.at;
  useEffect(() => {
    // What was said before the last comparison may no longer be true.
    if (source !== null && source !== undefined && statusAt !== undefined) void previewMigrations(instance.id);
  }, [instance.id, source, statusAt, previewMigrations]);
  if (source === null || (source === undefined && !status.looking)) return null;
  const again = (
    <Button
      leftSection={<IconRefresh size={16} aria-hidden />}
      loading={preview.looking}
      onClick={() => void previewMigrations(instance.id)}
    >
      {words('screen.migrations.look-again')}
    </Button>
  );
  if (preview.failure !== undefined) {
    return (
      <Panel>
        <FailureView failure={preview.failure} actions={again} />
      </Panel>
    );
  }
  if (preview.value === undefined) return <Reading />;
  const { files, source: found } = preview.value;
  if (files.length === 0) {
    return (
      <Panel flush>
        <EmptyState icon={IconCircleCheck} title={words('screen.migrations.line.complete')}>
          {words('cli.migrate.preview.nothing', { name: found.name })}
        </EmptyState>
      </Panel>
    );
  }
  return (
    <div className={classes.stack}>
      <Panel
        flush
        title={words('screen.migrations.preview.title', { count: files.length })}
        sub={words('screen.migrations.preview.text')}
      >
        <EffectSums files={files} />
      </Panel>
      <PreviewFiles files={files} />
    </div>
  );
}
