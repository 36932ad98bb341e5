import { Tabs } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { lazy, Suspense, useEffect } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { type BackupSection, backupSections, backupsOf } from '../store/backups.ts';
import { isReachable, selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { BackUpNowButton } from './BackUpNowButton.tsx';
import classes from './Backups.module.css';
import { rulesLine, whenLine } from './backupLine.ts';
import { ListSection } from './ListSection.tsx';
import { useBackups } from './useBackups.ts';

const BackupDetail = lazy(async () => ({ default: (await import('./BackupDetail.tsx')).BackupDetail }));
const SettingsSections = lazy(async () => ({
  default: (await import('./settings/SettingsSections.tsx')).SettingsSections,
}));
const OtherDumps = lazy(async () => ({ default: (await import('./OtherDumps.tsx')).OtherDumps }));

const sections = { list: ListSection, settings: SettingsSections, others: OtherDumps } as const;

/** Backups: make one, the list, what is in each, where they go and how long they stay. */
export function BackupsPage({ backupId }: { backupId?: string }) {
  const instance = useStore(selectedInstance);
  if (instance === undefined) return null;
  if (instance.kind === 'practice' || !isReachable(instance)) return <NoBackups instance={instance} />;
  return <InstanceBackups key={instance.id} instance={instance} backupId={backupId} />;
}

function InstanceBackups({ instance, backupId }: { instance: InstanceView; backupId?: string }) {
  const section = useStore((state) => state.backupSection);
  const settings = useStore((state) => backupsOf(state, instance.id).settings);
  const { openBackupSection, loadOperations, loadBackupSettings, loadSshHosts } = useStore.getState();
  const { running, all } = useBackups(instance);
  useEffect(() => {
    void loadOperations();
    void loadBackupSettings(instance.id);
    void loadSshHosts().catch(() => undefined);
  }, [instance.id, loadOperations, loadBackupSettings, loadSshHosts]);
  if (backupId !== undefined) {
    return (
      <Suspense fallback={null}>
        <BackupDetail instance={instance} backupId={backupId} running={running} />
      </Suspense>
    );
  }
  return (
    <>
      <PageHead
        title={words('screen.backups.title')}
        sub={settings === undefined ? undefined : `${whenLine(settings)} ${rulesLine(settings.retention)}`}
        actions={<BackUpNowButton instance={instance} busy={running.some(({ kind }) => kind !== 'backup-verify')} />}
      />
      {running.length > 0 && (
        <div className={classes.bars}>
          {running.map((operation) => (
            <OperationBar key={operation.id} operation={operation} />
          ))}
        </div>
      )}
      <Tabs
        value={section}
        onChange={(value) => {
          const chosen = backupSections.find((one) => one === value);
          if (chosen !== undefined) openBackupSection(chosen);
        }}
        keepMounted={false}
      >
        <Tabs.List aria-label={words('screen.backups.sections')} className={classes.tabs}>
          {backupSections.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {words(`screen.backups.section.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {backupSections.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Suspense fallback={null}>
              <Section section={one} instance={instance} operations={all} />
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function Section({ section, ...props }: { section: BackupSection } & Parameters<typeof ListSection>[0]) {
  const Part = sections[section];
  return <Part {...props} />;
}

function NoBackups({ instance }: { instance: InstanceView }) {
  const which = instance.kind === 'practice' ? 'practice' : 'unfinished';
  return (
    <>
      <PageHead title={words('screen.backups.title')} />
      <Panel flush>
        <EmptyState icon={IconDownload} title={words(`screen.backups.${which}`)}>
          {words(`screen.backups.${which}-text`)}
        </EmptyState>
      </Panel>
    </>
  );
}
