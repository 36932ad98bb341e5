import { lazy, Suspense, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { Events } from '../../contract/events.ts';
import { isReachable, selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { places } from './places.ts';

const CommandPalette = lazy(async () => ({ default: (await import('./CommandPalette.tsx')).CommandPalette }));

type Command = Events['command']['command'];

/** Keys and menu items that work everywhere. The palette is loaded when it is first asked for. */
export function Commands() {
  const [, go] = useLocation();
  const [palette, setPalette] = useState(false);

  useEffect(() => {
    const carryOut = (command: Command) => {
      switch (command) {
        case 'settings':
          return go(places.settings);
        case 'new-instance':
          return go(places.welcome);
        case 'palette':
          return setPalette((open) => !open);
        case 'check-again': {
          const state = useStore.getState();
          const instance = selectedInstance(state);
          if (instance === undefined || !isReachable(instance)) return;
          go(places.database);
          return void state.runChecks(instance.id);
        }
        case 'find':
          return document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus();
      }
    };
    const stop = window.companion.on('command', ({ command }) => carryOut(command));
    const onKey = (event: KeyboardEvent) => {
      const command = commandOfKey(event);
      if (command === undefined) return;
      event.preventDefault();
      carryOut(command);
    };
    window.addEventListener('keydown', onKey);
    return () => {
      stop();
      window.removeEventListener('keydown', onKey);
    };
  }, [go]);

  return palette ? (
    <Suspense fallback={null}>
      <CommandPalette onClose={() => setPalette(false)} />
    </Suspense>
  ) : null;
}

function commandOfKey(event: KeyboardEvent): Command | undefined {
  if (!(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey || event.defaultPrevented) return undefined;
  switch (event.key) {
    case 'k':
      return 'palette';
    case ',':
      return 'settings';
    case 'n':
      return 'new-instance';
    case 'f':
      return 'find';
    default:
      return undefined;
  }
}
