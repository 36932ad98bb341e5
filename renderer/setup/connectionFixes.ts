import { useCallback } from 'react';
import { useLocation } from 'wouter';
import type { ConnectionReport, ConnectionSettings, TlsSettings } from '../../contract/connection.ts';
import type { SettingFixId } from '../../contract/fix.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { setupPlace } from '../shell/places.ts';
import { connectionOf } from '../store/connections.ts';
import { useStore } from '../store/store.ts';
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

/** Carries out a change to the settings of an instance and tries them again, or opens the form where one has to type. */
export function useConnectionFixes(instance: InstanceView): (id: SettingFixId) => Promise<void> {
  const [, go] = useLocation();
  return useCallback(
    async (id) => {
      const state = useStore.getState();
      const { report } = connectionOf(state, instance.id);
      const changed = instance.connection && settingsWithFix(instance.connection, id, report);
      if (changed === undefined) return go(setupPlace(instance.id, 'connection'));
      await state.updateInstance({ id: instance.id, connection: changed });
      await state.testConnection(instance.id);
    },
    [instance, go],
  );
}
