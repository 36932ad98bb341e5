/** Docker, the server's container, and what the server's log says of why it does not start. */
export const dockerProblems = {
  'problem.docker-not-found.title': 'There is no Docker on {host}',
  'problem.docker-not-found.cause':
    'No docker program is on the PATH of {user} or in the usual places of Docker Desktop, Synology, QNAP, Unraid and Podman ({system}).',
  'problem.docker-not-found.next':
    'Install Docker on {host}, or choose another computer to run Aperture on, then look again.',

  'problem.docker-not-running.title': 'Docker on {host} does not answer',
  'problem.docker-not-running.cause': 'The docker program is there; nothing listens at {address}.',
  'problem.docker-not-running.next': 'Start Docker on {host}, then look again.',

  'problem.docker-permission-denied.title': '{user} may not use Docker on {host}',
  'problem.docker-permission-denied.cause':
    'The engine’s socket {address} belongs to root and the group docker, and {user} is not in that group.',
  'problem.docker-permission-denied.next':
    'Add {user} to the group, log in again, then look again. Or have the commands run with sudo.',

  'problem.docker-sudo-refused.title': '{user} needs a password for sudo on {host}',
  'problem.docker-sudo-refused.cause':
    'Commands run without anybody to answer (sudo -n), so sudo has to allow docker without a password.',
  'problem.docker-sudo-refused.next': 'Add {user} to the docker group, or allow docker in sudoers, then look again.',

  'problem.docker-context-missing.title': 'There is no Docker context “{context}” on {host}',
  'problem.docker-context-missing.cause': 'The docker program knows no context of this name. It knows: {known}.',
  'problem.docker-context-missing.next': 'Choose one of those, or none for the usual engine.',

  'problem.docker-elsewhere.title': 'The Docker context “{context}” leads to another computer',
  'problem.docker-elsewhere.cause':
    'It points at {address}. Folders, ports and names are looked at on the computer that Docker runs on, so the app goes there itself.',
  'problem.docker-elsewhere.next': 'Add that computer as an SSH host and choose Docker there.',

  'problem.docker-no-answer.title': 'Docker on {host} took too long',
  'problem.docker-no-answer.cause':
    '“docker {command}” had not ended after {seconds} seconds. The engine is overloaded, its disk hangs, or it is stuck.',
  'problem.docker-no-answer.next':
    'Look at the load and the disk of {host}; restart Docker there if it stays like this.',

  'problem.docker-command-failed.title': 'Docker on {host} refused “{command}”',
  'problem.docker-command-failed.cause': 'Docker says: {message}',
  'problem.docker-command-failed.next': 'The details have all of its words. Correct what they name, then try again.',

  'problem.container-missing.title': 'There is no container “{container}” on {host}',
  'problem.container-missing.cause': 'It was removed or renamed, or it is on another engine of this computer.',
  'problem.container-missing.next':
    'Look for the server’s container again, or install the server; its database and folders are still where they were.',

  'problem.container-name-taken.title': 'Another container is called “{container}” already',
  'problem.container-name-taken.cause': 'Docker gives each name once on a computer.',
  'problem.container-name-taken.next': 'Adopt that container if it is Aperture, else choose another name.',

  'problem.container-port-taken.title': 'Port {port} of {host} is in use',
  'problem.container-port-taken.cause':
    'Docker could not publish the container’s port there, because another program or container listens on it.',
  'problem.container-port-taken.next': 'Choose another port for the server, or end what uses this one.',

  'problem.container-mount-failed.title': 'A folder of the container is not there',
  'problem.container-mount-failed.cause':
    'Docker could not mount {path}: it does not exist on {host} or may not be used.',
  'problem.container-mount-failed.next': 'Make the folder, or correct the path in the compose file, then start again.',

  'problem.container-network-missing.title': 'The Docker network “{network}” is not there',
  'problem.container-network-missing.cause': 'The container belongs to a network that was removed.',
  'problem.container-network-missing.next':
    'Create the network again, or have the container made anew by its compose file.',

  'problem.container-image-missing.title': 'The image {image} is not on {host}',
  'problem.container-image-missing.cause': 'It has not been pulled, or it could not be pulled: {message}',
  'problem.container-image-missing.next': 'Check the name of the image and the network of {host}, then pull it.',

  'problem.container-out-of-memory.title': 'The server ran out of memory',
  'problem.container-out-of-memory.cause':
    'The kernel ended it{restarts, plural, =0 {} one {, and Docker started it again once} other {, and Docker started it again # times}}. Its limit: {limit}.',
  'problem.container-out-of-memory.next': 'Raise the memory limit of the container, or add memory to {host}.',

  'problem.container-crash-loop.title': 'The server ends again and again',
  'problem.container-crash-loop.cause':
    'Docker has started it again {restarts, plural, one {once} other {# times}}{exitCode, select, none {} other {; the last time it ended with code {exitCode}}}.',
  'problem.container-crash-loop.next':
    'Its log says why. Stop it until that is corrected, so that it does not wear on the database.',

  'problem.container-exited.title': 'The server has ended with code {exitCode}',
  'problem.container-exited.cause': 'It was not stopped by anybody, and Docker is not told to start it again.',
  'problem.container-exited.next': 'Its log says why. Correct that, then start it.',

  'problem.server-not-found.title': 'No Aperture server was found on {host}',
  'problem.server-not-found.cause':
    'No container there has Aperture’s image, its labels or its environment. Stopped containers were looked at, too.',
  'problem.server-not-found.next':
    'Name the container if it is an unusual one, look on another computer, or install the server.',

  'problem.server-not-ready.title': 'The server is not ready yet',
  'problem.server-not-ready.cause':
    'After {seconds} seconds this is missing: {missing}. A first start with a large library or a slow disk takes longer.',
  'problem.server-not-ready.next': 'Look at its log, and at its state in a minute.',

  'problem.server-environment-invalid.title': 'A setting of the server is not valid: {field}',
  'problem.server-environment-invalid.cause': 'The server refuses to start with it: {message}',
  'problem.server-environment-invalid.next':
    'Correct it in the .env or compose file. SESSION_SECRET needs at least 32 characters, APP_BASE_URL and DATABASE_URL are URLs.',

  'problem.server-database-is-localhost.title': 'The server looks for the database in its own container',
  'problem.server-database-is-localhost.cause':
    'DATABASE_URL names {host}, port {port}. Inside a container that is the container itself, not the computer around it.',
  'problem.server-database-is-localhost.next':
    'Use the database’s container name on a shared network, the address of the computer in the LAN, or host.docker.internal with extra_hosts.',

  'problem.server-host-gateway-missing.title': 'The server does not know the name {host}',
  'problem.server-host-gateway-missing.cause':
    'On Linux, Docker gives a container this name only when it is asked to. Docker Desktop always does.',
  'problem.server-host-gateway-missing.next': 'Add the extra_hosts entry to the compose file, then start again.',

  'problem.server-database-silent.title': 'The server waits for its database without a word',
  'problem.server-database-silent.cause':
    'It has said nothing for {seconds} seconds after it began. Something accepts its connection and never answers: a stuck database, or another program on that port.',
  'problem.server-database-silent.next': 'Check host and port in DATABASE_URL, and test the connection from this app.',

  'problem.server-tls-unavailable.title': 'The database does not offer TLS to the server',
  'problem.server-tls-unavailable.cause':
    'DATABASE_URL asks for encryption. The server’s driver does not fall back to a plain connection, also not with sslmode=prefer.',
  'problem.server-tls-unavailable.next':
    'Switch TLS on at the database, or use sslmode=disable inside a trusted network.',

  'problem.migration-failed.title': 'The migration {migration} failed',
  'problem.migration-failed.cause': 'PostgreSQL says: {message}',
  'problem.migration-failed.next':
    'The migrations before it are kept, this one was rolled back. Correct the cause, then start the server again.',

  'problem.migrations-raced.title': 'Two servers ran the migrations at the same time',
  'problem.migrations-raced.cause':
    'Another server entered a migration into aperture_migrations while this one ran it. Nothing was applied twice.',
  'problem.migrations-raced.next':
    'Stop the other server, then start this one again; it goes on where the other ended.',

  'problem.migrations-pending.title': 'The database is not up to date for this server',
  'problem.migrations-pending.cause':
    '{count, plural, =0 {Migrations are} one {# migration is} other {# migrations are}} not applied, and the server does not run them at its start (RUN_MIGRATIONS_ON_START). Its health check says ok all the same.',
  'problem.migrations-pending.next':
    'Set RUN_MIGRATIONS_ON_START to true in lower case and restart, or run the migrations.',
} as const;
