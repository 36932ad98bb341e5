import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '../contract/bridge.ts';
import { askChannel, eventChannel } from '../contract/wire.ts';

/**
 * The only thing that the page gets: two named functions. Neither `ipcRenderer` nor an Electron event reaches the page;
 * which names are known and what they may carry is checked in main.
 */
const bridge: Bridge = {
  ask: (name, input) => ipcRenderer.invoke(askChannel, name, input),
  on: (name, listener) => {
    const forward = (_event: unknown, arrived: unknown, payload: unknown) => {
      if (arrived === name) (listener as (payload: unknown) => void)(payload);
    };
    ipcRenderer.on(eventChannel, forward);
    return () => {
      ipcRenderer.removeListener(eventChannel, forward);
    };
  },
};

contextBridge.exposeInMainWorld('companion', bridge);
