/** Kinds of Docker hosts that differ in where things are. Imports nothing: the command line names them in its help. */
export const hostPresets = ['linux', 'unraid', 'synology', 'qnap', 'windows'] as const;
export type HostPreset = (typeof hostPresets)[number];
