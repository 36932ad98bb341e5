import { PageHead } from '../components/PageHead.tsx';
import { words } from '../words.ts';
import { AboutSection } from './AboutSection.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { HostKeysSection } from './HostKeysSection.tsx';
import { KeychainSection } from './KeychainSection.tsx';
import classes from './Settings.module.css';
import { SshHostsSection } from './SshHostsSection.tsx';
import { ToolsSection } from './ToolsSection.tsx';

/** What belongs to the app itself, not to one instance. */
export function SettingsPage({ section }: { section?: string }) {
  return (
    <>
      <PageHead title={words('screen.settings.title')} sub={words('screen.settings.sub')} />
      <div className={classes.sections} data-section={section}>
        <AppearanceSection />
        <SshHostsSection />
        <HostKeysSection />
        <KeychainSection />
        <ToolsSection />
        <AboutSection />
      </div>
    </>
  );
}
