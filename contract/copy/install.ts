/** Installing the server, and changing how it is run. Keys start with `install.`. */
export const install = {
  'install.plan.title': 'Install {container} in {folder} on {host}',
  'install.plan.change': 'Change the settings of {container} on {host}',
  'install.note.image-there': '{image} is there already, as it was made on {made}. It is not pulled again.',
  'install.note.pull-anyway':
    '{image} is there already. It is pulled all the same, because the tag may mean a newer one by now.',
  'install.note.resume': 'Whatever an earlier try has done already stays; it goes on from there.',
  'install.note.password': 'The database’s password is made by the app, and kept in the keychain as well as in .env.',
  'install.note.wait': 'It ends well once the server runs, says that it listens, and answers that it has its database.',
  'install.note.put-back':
    'If the server does not become ready, the previous files are put back and it is brought up as it was.',
  'install.note.restart': 'The server is restarted with its new settings.',
  'install.blocked.no-connection': 'The instance has no database yet.',
  'install.blocked.no-password': 'The password of the database is not kept, so that DATABASE_URL cannot be written.',
  'install.blocked.database-port':
    'The database has no port on the Docker host, so that the app could not reach it for checks and backups.',
  'install.blocked.by-hand': 'What is settled in {path} by hand is not changed by the app: {names}. Change it there.',
  'install.note.by-hand': 'In {path} these stay as they are: {names}.',
  'install.blocked.folder-taken': '{folder} is the folder of {name} already.',
  'install.step.files': 'Writing the files',
  'install.step.pull': 'Pulling the image',
  'install.step.database': 'Starting the database',
  'install.step.up': 'Starting the server',
  'install.step.wait': 'Waiting until it is ready',
  'install.outcome.changed': 'The settings are changed. {container} runs and is ready: version {version}.',
  'install.host.compose.title': 'Compose',
  'install.host.compose.found': 'Compose {version} is there',
  'install.host.compose.missing': 'There is no Compose on {host}',
  'install.host.compose.old': 'Compose {version} is too old: 1.27 is needed at least',
  'install.host.container-name.title': 'Name of the container',
  'install.host.database-name.title': 'Name of the database’s container',
  'install.host.name.free': 'No container is called {name} yet',
  'install.host.name.own': '{name} is the container of this very compose file',
  'install.host.name.taken': 'Another container is called {name} already',
  'install.host.network.title': 'Network {name}',
  'install.host.network.there': 'The network {name} is there',
  'install.host.network.missing': 'There is no network {name} on {host}',
  'install.host.image.title': 'Image of the server',
  'install.host.image.there': '{image} is there',
  'install.host.image.missing': '{image} is not there yet and will be pulled',
  'install.host.project.title': 'Compose project',
  'install.host.project.taken':
    'The Compose project {name} is the one of {folder} already, and each would take the other’s containers for its own',
  'install.fix.network': 'Make the network',
  'install.fix.compose': 'Install Compose on {host}',
  'install.fix.where': 'In a terminal on {host}',

  'cli.install.description': 'Install the server on a Docker host, with its database beside it or on an instance’s own',
  'cli.install.instance': 'the instance whose server it is to be, by name or id',
  'cli.install.name': 'what to call the new instance',
  'cli.install.folder': 'folder for the compose file on the Docker host',
  'cli.install.socket': 'socket of the engine there, instead of the usual one',
  'cli.install.sudo': 'run docker by sudo on the SSH host',
  'cli.install.pull': 'pull the image even when it is there',
  'cli.install.plan': 'show what would be done, and do nothing',
  'cli.install.yes': 'do it',
  'cli.install.which': 'Name an instance with --instance, or a new one with --name and --with-database.',
  'cli.install.confirm': 'Nothing was done. --yes does it.',
  'cli.install.blocked': 'In the way:',
  'cli.install.done': '{outcome} Open {url}',
  'cli.install.pulling': '{image}: {done} of {total}',
  'cli.compose.adopt': 'Take a compose file over that is there, with its settings and its database',
  'cli.compose.adopt-folder': 'folder of the compose file on the Docker host',
  'cli.compose.adopt-file': 'the compose file on the Docker host',
  'cli.compose.adopt-which': 'Name the folder with --folder, or the file with --file.',
  'cli.compose.adopted': '{path} belongs to {name} ({id}) now.',
  'cli.compose.adopted-unread':
    'It has something that the app’s settings have no place for, so that it is changed by hand.',
  'cli.settings.description': 'The settings of an installed server',
  'cli.settings.show': 'Show them as the files on the Docker host have them',
  'cli.settings.set': 'Change some of them, e.g. port=8080 time-zone=Europe/Berlin',
  'cli.settings.plan': 'show what would change, and change nothing',
  'cli.settings.yes': 'change it, and put it back when the server does not become ready',
  'cli.settings.confirm': 'Nothing was changed. --yes changes it.',
  'cli.settings.which': 'Several instances have an installed server, or none has: {names}. Name one with --instance.',
  'cli.settings.unknown': '“{name}” is no setting. It is name=value with one of: {known}.',

  'problem.docker-disk-full.title': 'There is no room left for Docker on {host}',
  'problem.docker-disk-full.cause': 'Docker says: {message}',
  'problem.docker-disk-full.next':
    'Make room on the disk that Docker keeps its data on. “docker system df” tells what Docker itself takes up.',

  'problem.compose-missing.title': 'There is no Compose on {host}',
  'problem.compose-missing.cause': 'The docker program there has no “compose” command, and there is no docker-compose.',
  'problem.compose-missing.next': 'Install Docker’s Compose plug-in on {host}, then try again.',

  'problem.registry-unreachable.title': '{registry} cannot be reached from {host}',
  'problem.registry-unreachable.cause': 'The image {image} could not be pulled. Docker says: {message}',
  'problem.registry-unreachable.next':
    'See whether {host} reaches the internet and whether its DNS works, then try again. What was pulled already counts.',

  'problem.registry-refused.title': '{registry} does not hand out {image}',
  'problem.registry-refused.cause':
    'The image does not exist under this name, or it is not public and Docker on {host} has no login for it. It says: {message}',
  'problem.registry-refused.next':
    'Check the name and the tag; for a private image run “docker login {registry}” on {host}.',

  'problem.registry-limited.title': '{registry} allows no more pulls for now',
  'problem.registry-limited.cause': 'Too many images were pulled from this address in a short time: {message}',
  'problem.registry-limited.next': 'Wait an hour and try again, or log in with “docker login {registry}” on {host}.',

  'problem.image-platform-missing.title': '{image} is not made for the processor of {host}',
  'problem.image-platform-missing.cause': 'The registry has it for other kinds of processors only: {message}',
  'problem.image-platform-missing.next': 'Choose another image or another Docker host.',

  'problem.compose-not-found.title': 'There is no compose file of Aperture there',
  'problem.compose-not-found.cause':
    '{path} on {host} is not there, or no service in it can be told to be Aperture’s own.',
  'problem.compose-not-found.next': 'Name the folder or the file that the server is run from.',

  'problem.install-blocked.title': 'It would not end well',
  'problem.install-blocked.cause': '{reasons}',
  'problem.install-blocked.next': 'Correct this, then look at the plan again.',

  'problem.server-not-installed.title': 'The app does not know how this server is run',
  'problem.server-not-installed.cause': '{name} has no compose file that the app has written or read.',
  'problem.server-not-installed.next': 'Install the server, or adopt its compose file, then change its settings.',

  'problem.settings-put-back.title': 'The server did not become ready with the new settings',
  'problem.settings-put-back.cause': '{reason}',
  'problem.settings-put-back.next':
    '{state, select, ready {The previous files are back, and the server runs as it did before.} other {The previous files are back, but the server is not ready with them either. Its log tells why.}}',
} as const;
