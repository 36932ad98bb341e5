/** The command line. Keys start with `cli.`. */
export const commandLine = {
  'cli.description': 'Installs, checks, backs up and restores a self-hosted Aperture server',
} as const;
