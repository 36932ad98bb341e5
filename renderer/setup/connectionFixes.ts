import { useCallback } from 'react';
import { useLocation } from 'wouter';
import type { ConnectionReport, ConnectionSettings, TlsSettings } from '../../contract/connection.ts';
import type { SettingFixId } from '../../contract/fix.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { ask } from '../api.ts';
import { setupPlace } from '../shell/places.ts';
import { connectionOf } from '../store/connections.ts';
import { useStore } from '../store/store.ts';
import { passwordFieldId } from './PasswordFields.tsx';
import { trustAnchor } from './trustAnchor.ts';

/** The settings with a fix applied; undefined when the fix needs the form (an address, a password). */
export function settingsWithFix(
  settings: ConnectionSettings,
  id: SettingFixId,
  report: ConnectionReport | undefined,
): ConnectionSettings | undefined {
  const withTls = (change: Partial<TlsSettings>) => ({ ...settings, tls: { ...settings.tls, ...change } });
  switch (id) {
    case 'use-tls-disable':
      return settings.tls.mode === 'prefer' ? withTls({ plainAccepted: true }) : withTls({ mode: 'disable' });
    case 'use-tls-require':
      return withTls({ mode: 'require' });
    case 'use-tls-verify-full':
      return withTls({ mode: 'verify-full' });
    case 'trust-certificate': {
      const anchor = trustAnchor(report?.tls?.chain ?? []);
      if (anchor === undefined) return undefined;
      const mode = settings.tls.mode === 'verify-full' ? 'verify-full' : 'verify-ca';
      return withTls({ mode, ca: anchor.pem, caPath: undefined });
    }
    case 'use-direct-address':
    case 'use-session-pooler':
    case 'enter-password':
      return undefined;
  }
}

/** The settings with an authority out of a file. Whoever names one wants it verified. */
export function settingsWithAuthority(settings: ConnectionSettings, caPath: string, ca: string): ConnectionSettings {
  const mode = settings.tls.mode === 'verify-full' ? 'verify-full' : 'verify-ca';
  return { ...settings, tls: { ...settings.tls, mode, ca, caPath } };
}

/** Carries out a change to the settings of an instance and tries them again, or opens the form where one has to type. */
export function useConnectionFixes(instance: InstanceView): (id: SettingFixId) => Promise<void> {
  const [, go] = useLocation();
  return useCallback(
    async (id) => {
      const state = useStore.getState();
      const { report } = connectionOf(state, instance.id);
      const changed = instance.connection && settingsWithFix(instance.connection, id, report);
      if (changed === undefined && id === 'trust-certificate' && instance.connection !== undefined) {
        // The server sent nothing that could be trusted: only the authority's own file helps.
        const chosen = await ask('files.choose', { purpose: 'certificate-authority' });
        if (chosen?.text === undefined) return;
        const connection = settingsWithAuthority(instance.connection, chosen.path, chosen.text);
        await state.updateInstance({ id: instance.id, connection });
      } else if (changed === undefined) {
        const field = id === 'enter-password' ? document.getElementById(passwordFieldId) : null;
        return field === null ? go(setupPlace(instance.id, 'connection')) : field.focus();
      } else {
        await state.updateInstance({ id: instance.id, connection: changed });
      }
      await state.testConnection(instance.id);
    },
    [instance, go],
  );
}
