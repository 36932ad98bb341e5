/** Titles, places and explanations of fixes, titles and notes of plans. Keys start with `fix.`. */
export const fixes = {
  'fix.where.sql': 'In psql on {host}, database {database}, as {administrator}',
  'fix.where.shell': 'In a terminal on {host}, the computer that PostgreSQL runs on',
  'fix.where.compose': 'In the compose file of the database’s container on {host}; the service may have another name',
  'fix.where.dockerfile': 'In a Dockerfile on {host}, built and used in place of the image',
  'fix.where.native-tools': 'In “x64 Native Tools Command Prompt for VS” as administrator, on {host}',

  'fix.for-administrator.title': 'Copy for the administrator',
  'fix.administrator.own':
    'The role {role} may not do this here. An administrator such as {administrator} can; that login is needed once and is not stored.',
  'fix.administrator.rds':
    'The role {role} may not do this here. The master user of the instance can (a member of {administrator}); that login is needed once and is not stored.',
  'fix.administrator.azure':
    'The role {role} may not do this here. The server’s admin user can (a member of {administrator}); that login is needed once and is not stored.',
  'fix.administrator.cloud-sql':
    'The role {role} may not do this here. The user {administrator} of the instance can (a member of cloudsqlsuperuser); that login is needed once and is not stored.',
  'fix.administrator.supabase':
    'The role {role} may not do this here. The user {administrator} of the project can, or the dashboard; a login is needed once and is not stored.',
  'fix.administrator.neon':
    'The role {role} may not do this here. A role that was made in Neon’s console can (a member of {administrator}); that login is needed once and is not stored.',
  'fix.administrator.digitalocean':
    'The role {role} may not do this here. The user {administrator} of the cluster can; that login is needed once and is not stored.',

  'fix.create-extension.title': 'Enable {extension}',
  'fix.update-extension-vector.title': 'Update pgvector to {version}',
  'fix.contrib-package.title': 'Install the package with the extension',
  'fix.set-search-path.title': 'Set the search path',
  'fix.set-read-write.title': 'Make this role’s transactions writable',
  'fix.make-owner.title': 'Make {role} the owner of {database}',
  'fix.grant-create-on-database.title': 'Grant {role} the right to create in {database}',
  'fix.grant-create-on-schema.title': 'Grant {role} the right to create in schema public',
  'fix.refresh-collation-version.title': 'Rebuild the indexes and record the new version',
  'fix.refresh-collation-version.why': 'Each index is locked while it is rebuilt: do this while Aperture is stopped.',
  'fix.set-maintenance-memory.title': 'Use {wanted} for index builds of this role',
  'fix.set-maintenance-memory.why':
    'Changes the default of this role in this database only; it counts from the next login on.',
  'fix.without-workers.title': 'Build indexes without shared memory',
  'fix.without-workers.why':
    'Index builds of this role then use one process and its own memory. Nothing has to be restarted.',

  'fix.use-primary.title': 'Connect to the primary server',
  'fix.use-primary.step': 'Enter the address of the server that {host} follows.',
  'fix.use-direct-address.title': 'Use the direct address',
  'fix.use-direct-address.why': 'It leads to the server itself, past the pooler.',
  'fix.use-session-pooler.title': 'Use the session pooler',
  'fix.use-session-pooler.why':
    'The same host on port 5432: it keeps one session for each connection, and has IPv4 where the direct address has not.',

  'fix.new-database.title': 'Create another database',
  'fix.new-database.encoding': 'The encoding of a database cannot be changed, only chosen when it is made.',
  'fix.new-database.dedicated': 'Then enter {name} as the database in the connection’s settings.',

  'fix.upgrade-server.title': 'Upgrade PostgreSQL',
  'fix.upgrade-server.debian':
    'Take a backup first. The old cluster stays until it is dropped by hand; its port moves to the new one.',
  'fix.upgrade-server.portal':
    'Open the database’s settings in the provider’s console and choose a newer major version.',
  'fix.upgrade-server.portal-backup': 'Let it take a snapshot first; the server restarts during the upgrade.',
  'fix.upgrade-server.container-new':
    'Start a second container with the image pgvector/pgvector:pg17 and a new, empty volume. A newer image on the old volume does not start.',
  'fix.upgrade-server.container-move': 'Back the database up and restore it into the new container.',
  'fix.upgrade-server.other': 'Follow PostgreSQL’s guide for upgrading a cluster, after a backup.',

  'fix.pgvector-image.title': 'Use the image with pgvector',
  'fix.pgvector-image.why':
    'The same PostgreSQL {major} with pgvector in it. The volume stays; put the container up again with docker compose up -d.',
  'fix.pgvector-alpine-image.title': 'Build an image with pgvector',
  'fix.pgvector-alpine-image.why':
    'Stays on Alpine, whose C library sorts text differently from the Debian image’s. The volume stays.',
  'fix.pgvector-package.title': 'Install pgvector’s package',
  'fix.pgvector-alpine-package.why':
    'For PostgreSQL of Alpine’s own packages; check that they are for {major}. The official image has its own and needs a build.',
  'fix.pgvector-pgdg.why':
    '{platform} has no usable package of its own for {major}; PostgreSQL’s own repository has. It also brings newer minor versions with the next upgrade.',
  'fix.pgvector-rhel.why':
    'The package of PostgreSQL’s own repository for {major}. With Fedora’s own PostgreSQL the package is called pgvector.',
  'fix.pgvector-homebrew.why':
    'Homebrew builds it for the newest two versions; for {major} check that it is one of them.',
  'fix.pgvector-postgres-app.title': 'Update Postgres.app',
  'fix.pgvector-postgres-app.step':
    'Install the current Postgres.app, which comes with pgvector, and restart its server.',
  'fix.pgvector-source.title': 'Build pgvector from source',
  'fix.pgvector-source.why': 'Must be built with pg_config of exactly this server ({major}).',
  'fix.pgvector-windows.why': 'Needs Visual Studio with C++. There is no package for Windows.',

  'fix.allow-list.azure.title': 'Allow {extension} on the server',
  'fix.allow-list.azure.open': 'Open the server in the Azure portal.',
  'fix.allow-list.azure.parameters': 'Settings → Server parameters, search for azure.extensions.',
  'fix.allow-list.azure.choose': 'Tick {extension} and save.',
  'fix.allow-list.rds.title': 'Allow {extension} on the instance',
  'fix.allow-list.rds.open': 'Open the parameter group of the instance in the RDS console.',
  'fix.allow-list.rds.edit': 'Edit rds.allowed_extensions and add {extension}.',
  'fix.allow-list.rds.reboot': 'Save, and wait until the parameter group is in sync.',
  'fix.allow-list.why': '{setting} is {value}: {extension} is refused until it is listed.',
  'fix.portal.enable.title': 'Enable {extension} in the console',
  'fix.portal.unavailable.title': 'Get {extension} from the provider',
  'fix.portal.upgrade':
    'PostgreSQL {version} of this provider has no {extension}: upgrade to the newest version that the console offers.',
  'fix.portal.check-again': 'Check again afterwards.',
  'fix.portal.supabase.open': 'Open the project’s dashboard: Database → Extensions.',
  'fix.portal.supabase.enable': 'Search for {extension} and enable it.',
  'fix.portal.sql-editor': 'Open the SQL editor of the database in the provider’s console.',
  'fix.portal.run-statement': 'Run the statement shown above.',
  'fix.portal.setting.title': 'Change {setting} in the console',
  'fix.portal.setting.step': 'Set {setting} to {value} in the server’s parameters and save.',

  'fix.raise-limit.title': 'Raise the limit',
  'fix.raise-max-connections.title': 'Allow more connections',
  'fix.needs-restart': 'Counts after PostgreSQL has been restarted.',
  'fix.change-setting.title': 'Set {setting} to {value}',
  'fix.shm-size.title': 'Give the container more shared memory',
  'fix.shm-size.why': 'With docker run it is --shm-size=1g. The container has to be made anew; the volume stays.',
  'fix.change-password.title': 'Choose another password',
  'fix.change-password.why':
    'Letters, digits, dots, hyphens and underscores need no encoding. psql asks for the new password of {role} without showing it.',
  'fix.enter-password.title': 'Enter the new password',

  'fix.plan.title': '{count, plural, one {Run # statement} other {Run # statements}} on {database}',
  'fix.plan.administrator': 'Runs as the administrator whose login is entered for this once. It is not stored.',
  'fix.plan.one-by-one':
    'Statements run one after the other; those that ran stay when a later one fails. Each may be run again.',
  'fix.plan.next-login': 'Defaults of a role count from its next login on.',
  'fix.plan.locks': 'Rebuilding indexes locks each of them while it runs.',
  'fix.step.connect': 'Logging in',
  'fix.step.run': 'Running the statements',
  'fix.step.check': 'Checking again',
  'fix.outcome': '{count, plural, one {# statement} other {# statements}} ran',
} as const;
