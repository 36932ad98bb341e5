/** Both sides' way to the database, Docker networks, and a database container's image. Keys: `reach.`, `network.`, `image.`, `problem.`. */
export const reach = {
  'problem.server-ca-missing.title': 'The server’s container does not have the CA certificate',
  'problem.server-ca-missing.cause':
    'DATABASE_URL names {path}, and there is no such file in the container. The driver refuses to connect without it.',
  'problem.server-ca-missing.next': 'Put the certificate on the Docker host and mount it into the container.',

  'problem.reach-image-missing.title': 'The server’s side could not be tried yet',
  'problem.reach-image-missing.cause':
    'The image {image} is not on {host}, and neither is an image of PostgreSQL that could stand in for it.',
  'problem.reach-image-missing.next':
    'The installation pulls the image. Test again then, or pull it now: docker pull {image}',

  'problem.reach-container-failed.title': 'The container for the test did not run',
  'problem.reach-container-failed.cause': 'Docker on {host} says: {message}',
  'problem.reach-container-failed.next': 'Check what Docker says about the container, then test again.',

  'problem.database-not-in-container.title': 'No container serves {address}',
  'problem.database-not-in-container.cause':
    'On {host} there is no running container with that name, address or published port.',
  'problem.database-not-in-container.next':
    'Choose the Docker host that the database runs on. For a PostgreSQL outside of Docker, install the pgvector package of its system.',

  'problem.database-image-unknown.title': 'The image {image} is not one that the app knows how to replace',
  'problem.database-image-unknown.cause':
    '{container} does not run the official image of PostgreSQL. What else is in its image would be lost.',
  'problem.database-image-unknown.next':
    'Ask whoever makes that image for one with pgvector, or build on it and add pgvector.',

  'problem.database-image-rolled-back.title': 'The database did not come up with {image}',
  'problem.database-image-rolled-back.cause':
    '{reason}. {restored, select, yes {The image of before is back, and the database answers} other {Going back did not work either}}.',
  'problem.database-image-rolled-back.next':
    '{restored, select, yes {Nothing was lost. Read the log of the container, then try again} other {Put back the compose file of before, {path}.previous, and bring the service up: docker compose up -d}}.',

  'reach.step.app': 'From this app',
  'reach.step.prepare': 'Preparing the server’s side',
  'reach.step.server': 'From the server’s side',
  'reach.outcome.both': 'Both sides reach {database} on {host}',
  'reach.outcome.app-only': 'This app reaches {database} on {host}, the server’s side does not',
  'reach.outcome.server-only': 'The server’s side reaches {database} on {host}, this app does not',
  'reach.outcome.neither': 'Neither side reaches {database} on {host}',
  'reach.outcome.app-reached': 'This app reaches {database} on {host}. The server’s side was not tried',
  'reach.outcome.app-failed': 'This app does not reach {database} on {host}. The server’s side was not tried',

  'reach.where.docker-host': 'On the Docker host',
  'reach.where.database-host': 'On the computer that PostgreSQL runs on',
  'reach.where.ca-file': 'As database-ca.pem beside the compose file, on the Docker host',

  'reach.fix.shared-network': 'Put the server and {container} on the network {network}',
  'reach.fix.shared-network.why':
    '{container} runs on the same Docker. Containers on one network of their own reach each other by name, without a published port and whatever addresses they get.',
  'reach.fix.create-network': 'Create the network {network}',
  'reach.fix.host-gateway': 'Use host.docker.internal, which leads to the Docker host',
  'reach.fix.host-gateway.why':
    'On Linux the name needs the extra_hosts entry. PostgreSQL has to listen on an address that containers reach, and its pg_hba.conf has to let {subnet} in.',
  'reach.fix.this-computer': 'Use this computer’s address {address}',
  'reach.fix.this-computer.why':
    'The database is on this computer and Docker on another one. PostgreSQL has to listen on that address, and this computer has to be on.',
  'reach.fix.address': 'Use the address {address} instead of {name}',
  'reach.fix.address.why':
    'This computer knows the name {name}, containers do not: they ask the DNS servers of the Docker host, which know neither this computer’s hosts file nor names that end in .local.',
  'reach.fix.listen': 'Have PostgreSQL listen on more than localhost',
  'reach.fix.listen.why':
    'It listens on “{found}”. A container comes from another address, where nothing listens. Who may log in from where is decided by pg_hba.conf.',
  'reach.fix.restart': 'Restart PostgreSQL',
  'reach.fix.restart.why': 'The setting is taken up by a restart only; reloading is not enough.',
  'reach.fix.ufw': 'Allow it with ufw',
  'reach.fix.firewalld': 'Allow it with firewalld',
  'reach.fix.synology': 'Allow it in the firewall of DSM',
  'reach.fix.synology.open': 'Open Control Panel, Security, Firewall, and there Edit Rules.',
  'reach.fix.synology.rule': 'Create a rule: Ports, Custom, Destination port, TCP, {port}; action Allow.',
  'reach.fix.synology.source': 'Source IP: Specific IP, Subnet: IP address {address}, subnet mask {mask}.',
  'reach.fix.synology.order': 'Put it above every rule that denies, and save.',
  'reach.fix.firewall.why':
    'The connection is dropped in silence when it comes from a container, and works from elsewhere: a firewall on that computer does not let {subnet} to port {port}.',
  'reach.fix.firewall.why-elsewhere':
    'The connection is dropped in silence when it comes from the Docker host, and works from here: a firewall does not let {subnet} to port {port}.',
  'reach.fix.temporary.why':
    'The server’s own network is not there yet. Docker will most likely give it {subnet}, as it did for this test. Test again after the installation.',
  'reach.fix.ca-file': 'Save the certificate',
  'reach.fix.ca-mount': 'Mount the certificate into the container',
  'reach.fix.ca-mount.why':
    'The server’s driver verifies with the file that DATABASE_URL names as sslrootcert: {path}.',

  'network.step.change': 'Changing networks',
  'network.plan.title': '{count, plural, one {# change} other {# changes}} to the networks of {host}',
  'network.plan.none': 'Nothing to change: the networks of {host} are as wished',
  'network.note.keeps': 'Containers keep the networks that they have. Nothing is restarted.',
  'network.note.recreate':
    'A container that Compose makes anew loses a network that its compose file does not name. Add the network there as well.',
  'network.outcome':
    '{count, plural, =0 {Nothing to change} one {# network change made} other {# network changes made}}',

  'image.plan.title': 'Move {container} from {from} to {to}',
  'image.plan.there': '{container} has pgvector already',
  'image.plan.by-hand': '{container} has to be moved to {to} by hand',
  'image.note.same-major': 'Both are PostgreSQL {major}: the data stays where it is, in {directory}.',
  'image.note.down': 'The database is down for some seconds while its container is made anew.',
  'image.note.back': 'If it does not come up with the same data, the image of before is put back.',
  'image.note.collation':
    'The image of before is based on Alpine, which sorts text in another way than Debian. All indexes are rebuilt afterwards; on a large database that takes long.',
  'image.note.extension': 'Afterwards an administrator creates the extension in the database: CREATE EXTENSION vector.',
  'image.step.pull': 'Pulling the image',
  'image.step.replace': 'Replacing the container',
  'image.step.verify': 'Looking at the data',
  'image.step.reindex': 'Rebuilding indexes',
  'image.outcome': '{container} runs {image}, with the same data and with pgvector',
  'image.fix.run': 'Make the container anew from {to}',
  'image.fix.run.why':
    'The container was not made by Compose, so the app does not replace it. The old one stays, renamed, until it is removed. The password is kept in the data, not in the container.',
  'image.fix.compose': 'Change the image in the compose file',
  'image.fix.compose.why': 'The app leaves the file alone: {reason}',
  'image.fix.reindex': 'Rebuild the indexes afterwards',
  'image.reason.other': 'the database that answers is another one',
  'image.reason.no-vector': 'the image has no pgvector',
  'image.reason.ended': 'it ended with exit code {exitCode}',
  'image.reason.silent': 'it did not answer within {seconds} seconds',

  'reach.means.app': 'From this app',
  'reach.means.server': 'From inside of the server’s container',
  'reach.means.server-image': 'From a container of the server’s image',
  'reach.means.database-image': 'From a container of PostgreSQL’s image, with psql (its verdict on TLS is libpq’s)',

  'cli.reach.description': 'try the database from this computer and from where the server is or will be',
  'cli.reach.network': 'existing Docker networks that the server will join',
  'cli.reach.image': 'the server’s image, instead of the usual one',
  'cli.reach.host-gateway': 'give the server the name host.docker.internal for the Docker host',
  'cli.reach.seen': 'the database’s address as the server is to use it; kept with the instance',
  'cli.reach.seen-invalid': '“{given}” is no address. It is host:port, an IPv6 address in brackets.',
  'cli.reach.url': 'DATABASE_URL: {url}',
  'cli.reach.networks': 'Networks: {networks}',
  'cli.reach.reached': 'reached',
  'cli.reach.failed': 'failed',
  'cli.reach.skipped': 'not tried',
  'cli.reach.answered':
    'PostgreSQL {version}, database {database}, as {user}{client, select, other { from {client}}}, {encrypted, select, yes {encrypted} other {not encrypted}}',
  'cli.networks.description': 'Docker networks: what the server and the database share',
  'cli.networks.list': 'the networks with the containers in them',
  'cli.networks.create': 'create a network',
  'cli.networks.connect': 'connect a container to a network',
  'cli.networks.instance': 'the instance whose server uses the address of --seen from then on',
  'cli.networks.which': '--seen needs --instance.',
  'cli.networks.name': '“{name}” is no name for a network.',
  'cli.networks.plan': 'show what would be done',
  'cli.networks.yes': 'do it',
  'cli.networks.confirm': 'Nothing has been done. Add --yes to do it.',
  'cli.database.description': 'the database’s own container',
  'cli.database.image': 'move a PostgreSQL container to the image with pgvector',
} as const;
