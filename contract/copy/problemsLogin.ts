/** Between the connection and the first statement. */
export const loginProblems = {
  'problem.password-wrong.title': 'The login of {user} was refused',
  'problem.password-wrong.cause':
    'PostgreSQL answers the same to a wrong password, a user that does not exist, a user without a password and one that has expired. The server’s log has the real reason.',
  'problem.password-wrong.next':
    'Enter the password again and check the user’s spelling. With an administrator’s login the app can look up which of these it is.',

  'problem.password-required.title': 'A password is needed',
  'problem.password-required.cause': '{host} asks for the password of {user}, and none is stored.',
  'problem.password-required.next': 'Enter the password.',

  'problem.password-empty.title': 'The password is empty',
  'problem.password-empty.cause': '{host} asks for the password of {user}. PostgreSQL never accepts an empty one.',
  'problem.password-empty.next': 'Enter the password, or have an administrator set one.',

  'problem.role-missing.title': 'The user {user} does not exist',
  'problem.role-missing.cause':
    'The server at {host} knows no role of this name. Names are case-sensitive; poolers want the project’s name in it, as in “postgres.projectname”.',
  'problem.role-missing.next': 'Check the spelling, or have an administrator create the role.',

  'problem.role-cannot-login.title': '{user} is not allowed to log in',
  'problem.role-cannot-login.cause': 'The role exists and the password is right, but it is a group (NOLOGIN).',
  'problem.role-cannot-login.next': 'Use another user, or have an administrator allow the login.',

  'problem.role-expired.title': 'The password of {user} has expired',
  'problem.role-expired.cause': 'It was valid until {validUntil} (VALID UNTIL).',
  'problem.role-expired.next': 'Have an administrator extend or remove the date.',

  'problem.role-connection-limit.title': '{user} has no connections left',
  'problem.role-connection-limit.cause':
    'The role’s own limit (CONNECTION LIMIT) is reached. Aperture opens up to 20 connections.',
  'problem.role-connection-limit.next':
    'Have an administrator raise the limit, or close other programs that use this role.',

  'problem.database-connection-limit.title': 'The database {database} has no connections left',
  'problem.database-connection-limit.cause':
    'The database’s own limit (CONNECTION LIMIT) is reached. Aperture opens up to 20 connections.',
  'problem.database-connection-limit.next':
    'Have an administrator raise the limit, or close other programs that use this database.',

  'problem.server-connection-limit.title': 'The server has no connections left',
  'problem.server-connection-limit.cause':
    'All connections that {host} allows (max_connections, less those reserved for administrators) are in use.',
  'problem.server-connection-limit.next':
    'Close other programs, or raise max_connections and restart PostgreSQL. Hosted databases offer a pooler for this.',

  'problem.database-missing.title': 'There is no database {database}',
  'problem.database-missing.cause':
    'The login at {host} worked; the database does not exist or takes no connections. Names are case-sensitive.',
  'problem.database-missing.next': 'Check the name, or have an administrator create the database.',

  'problem.pg-hba-refused.title': 'pg_hba.conf does not let {user} in from {client}',
  'problem.pg-hba-refused.cause':
    'PostgreSQL decides by this file who may connect from where. No line allows the user {user} to reach the database {database} from {client} over {encryption, select, encrypted {an encrypted} other {an unencrypted}} connection, or one forbids it.',
  'problem.pg-hba-refused.next': 'Add the line below, have the file read again, and try again.',

  'problem.authentication-method-unsupported.title': 'The server asks for a kind of login that this app does not have',
  'problem.authentication-method-unsupported.cause': '{host} wants {user} to log in by {method}.',
  'problem.authentication-method-unsupported.next':
    'Have an administrator allow scram-sha-256 for this user in pg_hba.conf.',

  'problem.peer-authentication-failed.title': 'The server goes by the system’s user name, not by a password',
  'problem.peer-authentication-failed.cause':
    'pg_hba.conf says “{method}” for this connection: only a system user with the name {user} gets in.',
  'problem.peer-authentication-failed.next':
    'Connect by host name and port instead of the socket, or have the line changed to scram-sha-256.',

  'problem.server-starting.title': 'The server is starting',
  'problem.server-starting.cause': '{host} is not ready yet. After a crash this can take minutes.',
  'problem.server-starting.next': 'Wait a moment and try again.',

  'problem.server-stopping.title': 'The server ended the connection',
  'problem.server-stopping.cause': '{host} is shutting down or restarting, or an administrator ended this session.',
  'problem.server-stopping.next': 'Try again once it is back.',

  'problem.server-in-recovery.title': 'This server is a read-only copy',
  'problem.server-in-recovery.cause':
    '{host} is a standby (in recovery): it follows another server and takes no changes.',
  'problem.server-in-recovery.next': 'Connect to the primary server. Providers call it the writer or primary endpoint.',

  'problem.read-only-transaction.title': 'The connection is read-only',
  'problem.read-only-transaction.cause':
    'Transactions of {user} in {database} are read-only (default_transaction_read_only), or the provider has made the database read-only because its disk is full.',
  'problem.read-only-transaction.next':
    'Have the setting removed from the role, database or server. At a provider, look at the disk usage first.',

  'problem.no-suitable-server.title': 'None of the servers is of the wanted kind',
  'problem.no-suitable-server.cause':
    'The settings ask for “{wanted}” (target_session_attrs), and {host} is something else.',
  'problem.no-suitable-server.next': 'Set it to “any” or “primary”; Aperture needs the primary server.',

  'problem.pooler-refused-option.title': 'The pooler refuses a start-up option',
  'problem.pooler-refused-option.cause': 'PgBouncer at {host} does not pass on “{option}”.',
  'problem.pooler-refused-option.next': 'Remove the option from the connection’s settings, or use the direct address.',

  'problem.pooler-unsuitable.title': 'A transaction pooler is in between',
  'problem.pooler-unsuitable.cause':
    'Each transaction through {host} may land on another session. Migrations, dumps and restores need one session.',
  'problem.pooler-unsuitable.next': 'Use the direct address or the session pooler for this.',
} as const;
