/** Reading connection strings, TLS, providers, steps of a connection attempt. Keys start with `connecting.`. */
export const connecting = {
  'connecting.step.dial': 'Reaching the server',
} as const;
