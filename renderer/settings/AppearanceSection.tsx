import { SegmentedControl } from '@mantine/core';
import { useCallback } from 'react';
import type { Settings } from '../../contract/settings.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';

const themes = ['system', 'light', 'dark'] as const satisfies readonly Settings['theme'][];

/** Light, dark, or as the system is. */
export function AppearanceSection() {
  const settings = useStore((state) => state.settings);
  const changeSettings = useStore((state) => state.changeSettings);
  const change = useAction(useCallback((theme: Settings['theme']) => changeSettings({ theme }), [changeSettings]));
  return (
    <Panel title={words('screen.settings.appearance')}>
      <SegmentedControl
        aria-label={words('screen.settings.appearance')}
        value={settings?.theme ?? 'system'}
        onChange={(value) => void change.run(themes.find((theme) => theme === value) ?? 'system')}
        data={themes.map((value) => ({ value, label: words(`screen.settings.theme.${value}`) }))}
      />
      {change.failure !== undefined && <FailureView failure={change.failure} />}
    </Panel>
  );
}
