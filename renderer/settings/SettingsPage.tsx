import { type ReactNode, useEffect, useRef } from 'react';
import { PageHead } from '../components/PageHead.tsx';
import { words } from '../words.ts';
import { AboutSection } from './AboutSection.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { HostKeysSection } from './HostKeysSection.tsx';
import { KeychainSection } from './KeychainSection.tsx';
import classes from './Settings.module.css';
import { SshHostsSection } from './SshHostsSection.tsx';
import { ToolsSection } from './ToolsSection.tsx';

/** The sections by the name that their address has (`/settings/ssh-hosts`), in the order in which they are shown. */
const sections: readonly (readonly [name: string, content: ReactNode])[] = [
  ['appearance', <AppearanceSection key="appearance" />],
  ['ssh-hosts', <SshHostsSection key="ssh-hosts" />],
  ['host-keys', <HostKeysSection key="host-keys" />],
  ['keychain', <KeychainSection key="keychain" />],
  ['tools', <ToolsSection key="tools" />],
  ['about', <AboutSection key="about" />],
];

/** What belongs to the app itself, not to one instance. `section` is brought into view. */
export function SettingsPage({ section }: { section?: string }) {
  const wanted = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is another place.
  useEffect(() => {
    // After the window has gone to the top of the new page.
    const frame = requestAnimationFrame(() => wanted.current?.scrollIntoView({ block: 'start' }));
    return () => cancelAnimationFrame(frame);
  }, [section]);
  return (
    <>
      <PageHead title={words('screen.settings.title')} sub={words('screen.settings.sub')} />
      <div className={classes.sections}>
        {sections.map(([name, content]) => (
          <div key={name} ref={name === section ? wanted : undefined} className={classes.section}>
            {content}
          </div>
        ))}
      </div>
    </>
  );
}
