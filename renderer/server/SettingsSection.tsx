import { Button } from '@mantine/core';
import { IconAdjustments, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { InstallPlan } from '../../contract/install.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import { Banner } from '../components/Banner.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { Reading } from './Reading.tsx';
import { ReviewChange } from './ReviewChange.tsx';
import classes from './Server.module.css';
import { SettingsForm } from './SettingsForm.tsx';
import { draftOf, type SettingsDraft } from './settingsDraft.ts';
import { useServerFiles } from './useServerFiles.ts';

/** How the server is run, from its compose file: changed after a diff was shown, put back where it does not become ready. */
export function SettingsSection({ instance }: { instance: InstanceView }) {
  const { state, read } = useServerFiles(instance.id);
  const openServerSection = useStore((store) => store.openServerSection);
  const again = (
    <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={read}>
      {words('screen.server.look-again')}
    </Button>
  );
  if (state.kind === 'reading') return <Reading />;
  if (state.kind === 'failed') {
    return (
      <Panel>
        <FailureView failure={state.failure} actions={again} />
      </Panel>
    );
  }
  const settings = state.files?.installation?.settings;
  if (settings !== undefined) {
    return (
      <ChangeSettings key={JSON.stringify(settings)} instanceId={instance.id} settings={settings} onApplied={read} />
    );
  }
  const known = state.files !== null;
  return (
    <Panel flush>
      <EmptyState
        icon={IconAdjustments}
        title={words(known ? 'screen.server.settings.unreadable' : 'screen.server.settings.no-files')}
        actions={
          <>
            {known && (
              <Button onClick={() => openServerSection('compose')}>{words('screen.server.section.compose')}</Button>
            )}
            {again}
          </>
        }
      >
        {words(known ? 'screen.server.settings.unreadable-text' : 'screen.server.settings.no-files-text')}
      </EmptyState>
    </Panel>
  );
}

function ChangeSettings({
  instanceId,
  settings,
  onApplied,
}: {
  instanceId: string;
  settings: ServerSettings;
  onApplied(): void;
}) {
  const [draft, setDraft] = useState<SettingsDraft>(() => draftOf(settings));
  const [plan, setPlan] = useState<InstallPlan>();
  const [applied, setApplied] = useState(false);
  if (plan !== undefined) {
    return (
      <ReviewChange
        plan={plan}
        onBack={() => setPlan(undefined)}
        onApplied={() => {
          setPlan(undefined);
          setApplied(true);
          onApplied();
        }}
      />
    );
  }
  return (
    <div className={classes.stack}>
      {applied && <Banner tone="ok" title={words('screen.server.settings.applied')} />}
      <SettingsForm instanceId={instanceId} settings={settings} draft={draft} onDraft={setDraft} onPlan={setPlan} />
    </div>
  );
}
