import type { ChannelInput, ChannelName, ChannelOutput, Envelope } from './channels.ts';
import type { EventName, Events } from './events.ts';

/** What the preload exposes as `window.companion`: nothing else of Electron is reachable from the page. */
export type Bridge = {
  ask<Name extends ChannelName>(name: Name, input: ChannelInput<Name>): Promise<Envelope<ChannelOutput<Name>>>;
  /** Returns the function that ends the subscription. */
  on<Name extends EventName>(name: Name, listener: (event: Events[Name]) => void): () => void;
};
