import type { z } from 'zod';
import type { ChannelName, ChannelOutput, Channels } from '../../contract/channels.ts';

/** One function for each channel of the contract; a missing or misnamed one fails to compile. */
export type Handlers = {
  [Name in ChannelName]: (input: z.output<Channels[Name]['input']>) => Promise<ChannelOutput<Name>>;
};
