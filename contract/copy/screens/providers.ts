/** Names of the places where databases run, and what is particular about each. */
export const providers = {
  'screen.advice.title': 'About {provider}',
  'screen.provider.supabase': 'Supabase',
  'screen.provider.neon': 'Neon',
  'screen.provider.rds': 'Amazon RDS',
  'screen.provider.aurora': 'Amazon Aurora',
  'screen.provider.azure': 'Azure Database for PostgreSQL',
  'screen.provider.cloud-sql': 'Google Cloud SQL',
  'screen.provider.digitalocean': 'DigitalOcean',
  'screen.provider.practice': 'The practice database',
  'screen.provider.container': 'A container',
  'screen.provider.debian': 'Debian or Ubuntu package',
  'screen.provider.rhel': 'RHEL, Fedora or a relative',
  'screen.provider.alpine': 'Alpine Linux',
  'screen.provider.windows': 'Windows',
  'screen.provider.macos': 'macOS',
  'screen.provider.unknown': 'Not recognised',
} as const;
