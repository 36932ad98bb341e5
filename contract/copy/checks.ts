/**
 * Titles, evidence and reasons of the checks. Keys start with `check.`. Evidence names what was found first, then what it
 * means; reasons say what needs it.
 */
export const checks = {
  'check.verdict.ready': 'Ready',
  'check.verdict.ready-with-warnings': 'Ready, with {count, plural, one {# recommendation} other {# recommendations}}',
  'check.verdict.not-ready': 'Not ready: {count, plural, one {# thing to fix} other {# things to fix}}',
  'check.status.pass': 'Pass',
  'check.status.warn': 'Advice',
  'check.status.fail': 'Needs a fix',
  'check.status.skipped': 'Not known',
  'check.step.connect': 'Logging in',
  'check.step.facts': 'Asking the server',
  'check.step.judge': 'Checking the answers',
  'check.outcome':
    '{passed, plural, one {# check} other {# checks}} passed, {warned, plural, one {# recommendation} other {# recommendations}}, {failed, plural, one {# thing to fix} other {# things to fix}}',
  'check.not-told': 'The server does not tell this to the role that asked.',

  'check.server-version.title': 'PostgreSQL version',
  'check.server-version.good': '{version} on {platform}. Needs {oldest}, {recommended} or newer recommended.',
  'check.server-version.old': '{version} on {platform}. Works; {recommended} or newer is recommended.',
  'check.server-version.too-old': '{version} on {platform}. Needs {oldest} or newer.',
  'check.server-version.ended':
    '{version} on {platform}. PostgreSQL {major} had its last release on {ended} and gets no more security fixes.',
  'check.server-version.why':
    'Aperture is made for PostgreSQL 14 and newer; versions after their end of life get no fixes.',

  'check.server-writable.title': 'Writable',
  'check.server-writable.good': 'A primary server that accepts changes.',
  'check.server-writable.standby': '{host} is a standby: it follows another server and accepts no changes.',
  'check.server-writable.read-only':
    'Transactions are read-only unless told otherwise (default_transaction_read_only is on, set by: {source}).',
  'check.server-writable.why': 'Aperture writes from its first migration on.',

  'check.pooler.title': 'Connection pooler',
  'check.pooler.none': 'None in between: this is the server itself.',
  'check.pooler.found':
    '{pooler, select, unknown {A pooler answers} other {{pooler} answers}} at {host}:{port}. Checks work through it; migrations, backups and restores need the direct or a session address.',
  'check.pooler.transaction':
    '{pooler, select, unknown {A pooler answers} other {{pooler} answers}} at {host}:{port} and changes the session with each transaction. Checks work through it; migrations, backups and restores need the direct or a session address.',
  'check.pooler.why':
    'A transaction pooler gives every transaction another session, so that settings, locks and prepared statements of a dump or a migration get lost on the way.',

  'check.encoding.title': 'Encoding',
  'check.encoding.good': 'UTF8, which holds every script.',
  'check.encoding.other': '{encoding}. Needs UTF8: titles and names in other scripts would be refused or garbled.',
  'check.encoding.why': 'Titles, names and overviews come in every language.',

  'check.collation.title': 'Collation version',
  'check.collation.good': '{collate}, version {actual}, the same as when the database was made.',
  'check.collation.unversioned': '{collate}, which has no version that could change.',
  'check.collation.unknown': '{collate}. PostgreSQL 14 and older do not record the version of a database’s collation.',
  'check.collation.changed':
    '{collate}: made with version {recorded}, the system now has {actual}. Indexes on text may be out of order.',
  'check.collation.why':
    'When the operating system sorts text differently than it did when an index was built, searches miss rows and unique values can occur twice.',

  'check.extension.enabled': '{extension} {version}, enabled in {database}.',
  'check.extension.available':
    'Installed on the server ({version}), not enabled in {database}. {use, select, search {Search uses it; the guide does not mention it.} other {Ids are made with it.}}',
  'check.extension.missing': 'Not on the server: the package with PostgreSQL’s additional extensions is missing.',
  'check.extension.unlisted': 'Not enabled in {database}. Whether the server has it could not be read.',
  'check.extension.outside-search-path':
    'Enabled in schema {schema}, which is not on the search path ({searchPath}): it is not found from here.',
  'check.extension-vector.title': 'pgvector',
  'check.extension-vector.enabled': '{version}, enabled. Needs {oldest}, {recommended} or newer recommended.',
  'check.extension-vector.missing': 'Not on the server ({platform}). Embeddings are stored in it.',
  'check.extension-vector.available':
    'Installed on the server ({version}), not enabled in {database}. Embeddings are stored in it.',
  'check.extension-vector.available-too-old':
    'Installed on the server in version {version}, not enabled in {database}. Needs {oldest} or newer.',
  'check.extension-vector.too-old': '{version} is enabled. Needs {oldest} or newer, and the server has nothing newer.',
  'check.extension-vector.too-old-updatable':
    '{version} is enabled. Needs {oldest} or newer; the server has {available}.',
  'check.extension-vector.updatable': '{version} is enabled; the server has {available}.',
  'check.extension-vector.not-recommended':
    '{version}, enabled. Works; {recommended} and newer have fixes for HNSW indexes.',
  'check.extension-vector.why':
    'Embeddings are stored as half-precision vectors (type halfvec, since pgvector 0.7.0) with HNSW indexes on them.',
  'check.extension-pgcrypto.title': 'pgcrypto',
  'check.extension-pgcrypto.why': 'The first migration enables it and makes ids with it.',
  'check.extension-pg_trgm.title': 'pg_trgm',
  'check.extension-pg_trgm.why': 'A migration enables it for the search by similar spelling.',

  'check.database-dedicated.title': 'A database of its own',
  'check.database-dedicated.empty': '{database} holds no tables yet.',
  'check.database-dedicated.aperture':
    '{database} holds Aperture’s tables only; {applied, plural, one {# migration} other {# migrations}} applied.',
  'check.database-dedicated.shared':
    '{count, plural, one {# table that is not Aperture’s} other {# tables that are not Aperture’s}} in {database}: {names}{count, plural, =1 {} =2 {} =3 {} other { and more}}.',
  'check.database-dedicated.clash':
    '{count, plural, one {# table has a name} other {# tables have names}} that Aperture needs in {database}, and {count, plural, one {is} other {are}} not its own: {names}{count, plural, =1 {} =2 {} =3 {} other { and more}}. Its first migration would stop there.',
  'check.database-dedicated.why':
    'Backups, restores and moves work on the whole database: whatever else is in it goes with it.',

  'check.database-owner.title': 'Owner of the database',
  'check.database-owner.owner': '{role} owns {database}.',
  'check.database-owner.member': '{database} belongs to {owner}, whose rights {role} has.',
  'check.database-owner.superuser': '{database} belongs to {owner}; {role} is a superuser and may do everything.',
  'check.database-owner.other': '{database} belongs to {owner}, not to {role}.',
  'check.database-owner.why':
    'The owner has the rights that migrations, extensions and later maintenance need without further grants.',

  'check.create-on-database.title': 'Right to create in the database',
  'check.create-on-database.good': '{role} may create schemas and trusted extensions in {database}.',
  'check.create-on-database.missing':
    '{role} has no CREATE right on {database}, and not all extensions are enabled yet.',
  'check.create-on-database.later':
    '{role} has no CREATE right on {database}. All extensions are enabled already; a later migration may need it.',
  'check.create-on-database.why': 'Enabling an extension and creating a schema need CREATE on the database.',

  'check.create-on-schema.title': 'Right to create in schema public',
  'check.create-on-schema.good': '{role} may create tables in schema public.',
  'check.create-on-schema.missing':
    '{role} may not create tables in schema public of {database}, which belongs to {owner}.',
  'check.create-on-schema.no-schema': '{database} has no schema public.',
  'check.create-on-schema.why':
    'All tables go there. Since PostgreSQL 15 only the owner of the database may create in it.',

  'check.search-path.title': 'Search path',
  'check.search-path.good': 'New tables go to schema {schema} ({searchPath}).',
  'check.search-path.elsewhere': 'New tables would go to schema {schema}, expected is {expected} ({searchPath}).',
  'check.search-path.nowhere': 'No schema of the search path exists ({searchPath}): tables cannot be created.',
  'check.search-path.why':
    'Migrations name tables without their schema, so that the search path decides where they go.',

  'check.connections.title': 'Connections',
  'check.connections.good':
    '{used} of {max} in use{reserved, plural, =0 {} other {, # reserved for administrators}}. Aperture uses up to {needed}.',
  'check.connections.few':
    '{used} of {max} in use{reserved, plural, =0 {} other {, # reserved for administrators}}: {free} free. Aperture uses up to {needed}.',
  'check.connections.role-limit':
    '{role} may have {limit, plural, one {# connection} other {# connections}}. Aperture uses up to {needed}.',
  'check.connections.database-limit':
    '{database} may have {limit, plural, one {# connection} other {# connections}}. Aperture uses up to {needed}.',
  'check.connections.why': 'When none is free, pages and jobs of the server fail. Its pool opens up to {needed}.',

  'check.memory-shared-buffers.title': 'Memory for data',
  'check.memory-shared-buffers.good': 'shared_buffers is {value}.',
  'check.memory-shared-buffers.of-memory': 'shared_buffers is {value}; the computer has {memory}.',
  'check.memory-shared-buffers.small': 'shared_buffers is {value}, less than PostgreSQL’s own default of 128 MB.',
  'check.memory-shared-buffers.why': 'Vector indexes are fast as long as they are in memory.',

  'check.memory-work-mem.title': 'Memory for queries',
  'check.memory-work-mem.good': 'work_mem is {value}.',
  'check.memory-work-mem.small': 'work_mem is {value}, less than PostgreSQL’s own default of 4 MB.',
  'check.memory-work-mem.large':
    'work_mem is {value}. It counts for each sort of each connection: 20 connections may take {together} or more.',
  'check.memory-work-mem.why': 'Too little makes sorts go to disk, too much lets the server run out of memory.',

  'check.memory-maintenance.title': 'Memory for index builds',
  'check.memory-maintenance.good': 'maintenance_work_mem is {value}.',
  'check.memory-maintenance.small': 'maintenance_work_mem is {value}. {wanted} makes a restore about twice as fast.',
  'check.memory-maintenance.why':
    'An HNSW index that does not fit into this memory while it is built takes several times as long.',

  'check.shared-memory.title': 'Shared memory of the container',
  'check.shared-memory.good': '/dev/shm has {size}; an index build needs {needed}.',
  'check.shared-memory.unused': 'Index builds use no parallel workers, so that /dev/shm is not needed for them.',
  'check.shared-memory.small':
    '/dev/shm has {size}; an index build with {workers, plural, one {# worker} other {# workers}} needs more than {needed} of it.',
  'check.shared-memory.unknown':
    'The server seems to run in a container; how much /dev/shm it has is not visible. Docker gives 64 MB unless told otherwise, an index build needs more than {needed}.',
  'check.shared-memory.why':
    'Parallel index builds share memory through /dev/shm. When it is full they fail with “could not resize shared memory segment”.',

  'check.free-disk.title': 'Free disk space',
  'check.free-disk.unknown':
    'PostgreSQL does not tell. The database has {size}: a backup takes up to {dump} where it is stored, an index rebuild up to {rebuild} beside the data.',
  'check.free-disk.why': 'A full disk stops the database until space is made.',

  'check.tls-agreement.title': 'Encryption',
  'check.tls-agreement.same':
    '{outcome, select, verified {Encrypted, certificate verified} unverified {Encrypted, certificate not verified} plain {Not encrypted} other {Not known}}, for this app, PostgreSQL’s tools and Aperture alike.',
  'check.tls-agreement.different':
    'This app: {app, select, verified {verified} unverified {encrypted, not verified} plain {not encrypted} other {not known}}. PostgreSQL’s tools: {tools, select, verified {verified} unverified {encrypted, not verified} plain {not encrypted} other {not known}}. Aperture: {server, select, verified {verified} unverified {encrypted, not verified} plain {not encrypted} other {not known}}.',
  'check.tls-agreement.refused':
    '{refusing, select, server {Aperture’s driver refuses} tools {PostgreSQL’s tools refuse} app {This app refuses} serverAndtools {Aperture’s driver and PostgreSQL’s tools refuse} other {Several of this app, PostgreSQL’s tools and Aperture’s driver refuse}} these TLS settings against this server.',
  'check.tls-agreement.why':
    'The three read the same settings by different rules. What is tested here must also hold for backups and for the server.',

  'check.password-backup.title': 'Password and Aperture’s own backup',
  'check.password-backup.good': 'The password has no characters that a URL must encode.',
  'check.password-backup.encoded':
    'The password has characters that a URL must encode. Aperture works with it, but its built-in backup writes empty files and reports success.',
  'check.password-backup.why':
    'The built-in backup takes the password out of the URL without decoding it. Backups made by this app are not affected.',

  'check.provider.supabase.pooler':
    'Port 6543 of the pooler keeps a session for one transaction only; port 5432 of the same host keeps it for the whole connection. Migrations and backups need the latter or the direct address.',
  'check.provider.supabase.ipv6':
    'The direct address (db.….supabase.co) has IPv6 only, unless the IPv4 add-on is booked. From a network without IPv6 use the session pooler.',
  'check.provider.supabase.user':
    'Through the pooler the user is postgres.<project reference>, directly it is postgres.',
  'check.provider.neon.pooler':
    'A host name with -pooler leads through a transaction pooler. The same name without it is the direct address.',
  'check.provider.neon.binding': 'Channel binding works and can be required.',
  'check.provider.neon.sleep':
    'An idle database is put to sleep; the first connection after that takes a moment longer.',
  'check.provider.rds.tls':
    'Certificates come from Amazon’s own authority: verify-full needs its bundle, which the AWS documentation offers for download.',
  'check.provider.rds.rights': 'Nobody is a superuser; the master user has rds_superuser, which may enable pgvector.',
  'check.provider.aurora.writer': 'Use the cluster’s writer endpoint; a reader endpoint accepts no changes.',
  'check.provider.azure.extensions':
    'Extensions have to be listed in the server parameter azure.extensions before they can be enabled.',
  'check.provider.azure.firewall': 'The server’s firewall must let this computer and the one with Aperture in.',
  'check.provider.cloud-sql.address':
    'Reachable through its private address, an authorised network, or the Cloud SQL Auth Proxy.',
  'check.provider.cloud-sql.rights': 'Nobody is a superuser; the user postgres may enable pgvector.',
  'check.provider.digitalocean.sources': 'Only trusted sources are let in once one is entered in the control panel.',
  'check.provider.digitalocean.pool':
    'Port 25060 is the database itself; connection pools have port 25061 and are not for migrations and backups.',
  'check.provider.container.network':
    'In a container, localhost is the container itself: Aperture reaches the database by its container’s name or the computer’s address.',
  'check.provider.container.memory': 'Docker gives a container 64 MB of shared memory unless told otherwise.',
  'check.provider.alpine.collation':
    'Alpine sorts text by its own C library: moving the data to a Debian-based image needs all indexes on text rebuilt.',
  'check.provider.practice': 'A database inside this app, for trying things out. Aperture itself needs a real server.',
} as const;
