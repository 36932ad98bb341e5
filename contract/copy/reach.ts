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

  'network.step.change': 'Changing networks',
  'network.plan.title': '{count, plural, one {# change} other {# changes}} to the networks of {host}',
  'network.plan.none': 'Nothing to change: the networks of {host} are as wished',
  'network.note.keeps': 'Containers keep the networks that they have. Nothing is restarted.',
  'network.note.recreate':
    'A container that Compose makes anew loses a network that its compose file does not name. Add the network there as well.',
  'network.outcome':
    '{count, plural, =0 {Nothing to change} one {# network change made} other {# network changes made}}',
} as const;
