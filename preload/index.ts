import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '../contract/bridge.ts';
import type { EventName } from '../contract/events.ts';
import { askChannel, eventChannel } from '../contract/wire.ts';

type Listener = (payload: unknown) => void;

/** One Electron listener for all of the page's, which come and go with its views. */
const listeners = new Map<unknown, Set<Listener>>();
ipcRenderer.on(eventChannel, (_event, name: EventName, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload);
});

/**
 * The only thing that the page gets: two named functions. Neither `ipcRenderer` nor an Electron event reaches the page;
 * which names are known and what they may carry is checked in main.
 */
const bridge: Bridge = {
  ask: (name, input) => ipcRenderer.invoke(askChannel, name, input),
  on: (name, listener) => {
    const own: Listener = (payload) => (listener as Listener)(payload);
    const known = listeners.get(name) ?? new Set();
    listeners.set(name, known.add(own));
    return () => {
      known.delete(own);
    };
  },
};

contextBridge.exposeInMainWorld('companion', bridge);
