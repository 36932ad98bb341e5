import { lazy } from 'react';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { FixSlot } from './fixes/fixSlot.ts';
import { Shell } from './shell/Shell.tsx';
import { ThemeProvider } from './theme/ThemeProvider.tsx';

const FixView = lazy(async () => ({ default: (await import('./fixes/FixView.tsx')).FixView }));

export function App() {
  return (
    <ThemeProvider>
      <FixSlot value={FixView}>
        <Router hook={useHashLocation}>
          <Shell />
        </Router>
      </FixSlot>
    </ThemeProvider>
  );
}
