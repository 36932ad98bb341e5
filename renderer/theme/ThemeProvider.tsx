import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useStore } from '../store/store.ts';
import { theme } from './theme.ts';

/** Light or dark as main tells. Variables and classes come from style sheets, so that no inline style element is needed. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const dark = useStore((state) => state.dark);
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={dark ? 'dark' : 'light'}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}
