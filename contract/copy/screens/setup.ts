/** The steps of the set-up. */
export const setup = {
  'screen.setup.title': 'Set up the database',
  'screen.setup.sub': 'Step {number} of {total}. {question}',
  'screen.setup.steps': 'Steps',
  'screen.setup.leave': 'Leave',
  'screen.setup.save-and-leave': 'Save and leave',
  'screen.setup.finish': 'Finish',
  'screen.setup.not-ready-hint': 'Finish is possible when nothing needs a fix.',
  'screen.setup.database.name': 'Database',
  'screen.setup.database.question': 'Which PostgreSQL is Aperture going to use?',
  'screen.setup.connection.name': 'Connection',
  'screen.setup.connection.question': 'How is it reached?',
  'screen.setup.checks.name': 'Checks',
  'screen.setup.checks.question': 'Is this database ready for Aperture?',
  'screen.setup.source.own': 'A PostgreSQL that I run',
  'screen.setup.source.own-text': 'In a container, on a NAS, or on a machine in your network or at a host.',
  'screen.setup.source.own-when':
    'Right when a server is running already, or when one database server is to serve several programs.',
  'screen.setup.source.managed': 'A managed service',
  'screen.setup.source.managed-text':
    'Supabase, Neon, Amazon RDS, Azure, Google Cloud SQL, DigitalOcean and others; all of these have pgvector.',
  'screen.setup.source.managed-when':
    'Right when somebody else should see to replication, point-in-time recovery and availability.',
  'screen.setup.source.practice': 'A practice database',
  'screen.setup.source.practice-text': 'PostgreSQL with pgvector inside this app, for trying things out.',
  'screen.setup.source.practice-when': 'Right for a first look. A server of Aperture cannot use it.',
  'screen.setup.needs.title': 'What Aperture needs',
  'screen.setup.needs.version': 'PostgreSQL 14 or newer; 16 or newer is recommended.',
  'screen.setup.needs.extensions':
    'The extensions vector (pgvector, which standard PostgreSQL does not bring), pgcrypto and pg_trgm.',
  'screen.setup.needs.database':
    'A database of its own, and a role that owns it. The checks say what is missing, and how to make it.',
} as const;
