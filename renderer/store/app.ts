import type { StateCreator } from 'zustand';
import type { AppInfo, KeychainState, Settings, ToolFound } from '../../contract/settings.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import type { Store } from './store.ts';

export type AppSlice = {
  /** Whether the first answer of main is there. */
  boot: { state: 'loading' } | { state: 'ready' } | { state: 'failed'; failure: Failure };
  dark: boolean;
  info?: AppInfo;
  settings?: Settings;
  keychain?: KeychainState;
  tools?: ToolFound[];
  loadApp(): Promise<void>;
  loadKeychain(): Promise<void>;
  findTools(): Promise<void>;
  changeSettings(change: Partial<Settings>): Promise<void>;
};

export const appSlice: StateCreator<Store, [], [], AppSlice> = (set) => ({
  boot: { state: 'loading' },
  dark: typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches,
  async loadApp() {
    try {
      const [info, settings] = await Promise.all([ask('app.info'), ask('settings.get')]);
      set({ info, settings });
    } catch (error) {
      set({ boot: { state: 'failed', failure: failureOf(error) } });
    }
  },
  async loadKeychain() {
    set({ keychain: await ask('keychain.state') });
  },
  async findTools() {
    set({ tools: await ask('tools.find') });
  },
  async changeSettings(change) {
    set({ settings: await ask('settings.set', change) });
  },
});
