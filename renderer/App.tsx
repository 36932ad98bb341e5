import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { Shell } from './shell/Shell.tsx';
import { ThemeProvider } from './theme/ThemeProvider.tsx';

export function App() {
  return (
    <ThemeProvider>
      <Router hook={useHashLocation}>
        <Shell />
      </Router>
    </ThemeProvider>
  );
}
