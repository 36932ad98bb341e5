import { copyServices, instance } from '../integration/backupSettings/services.ts';

/** A process that copies backups to their destinations. Arguments: data folder, folder of backups. Says `copying`, then how it ended. */
const [data = '', local = ''] = process.argv.slice(2);
const { copies } = copyServices(data, local);
const copying = await copies.copy(instance);
process.stdout.write('copying\n');
const view = await copying?.ended;
process.stdout.write(`${view?.state} ${view?.problem?.code ?? ''}\n`);
process.exit(0);
