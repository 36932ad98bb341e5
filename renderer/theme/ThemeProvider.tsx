import { type MantineColorSchemeManager, MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useStore } from '../store/store.ts';
import { theme } from './theme.ts';

/** Main keeps the theme. The library's own manager reads the page's local storage, which costs 13 ms at the start. */
const colorSchemeManager: MantineColorSchemeManager = {
  get: (defaultValue) => defaultValue,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

/** Light or dark as main tells. Variables and classes come from style sheets, so that no inline style element is needed. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const dark = useStore((state) => state.dark);
  return (
    <MantineProvider
      theme={theme}
      colorSchemeManager={colorSchemeManager}
      forceColorScheme={dark ? 'dark' : 'light'}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}
