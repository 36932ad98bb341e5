import { exchange } from '../../../main/services/restores/exchange.ts';
import { openMaintenance } from './sessions.ts';

/** A process that exchanges two databases once; it is there to be killed. Its argument: everything, as JSON. */
const { login, wish } = JSON.parse(process.argv[2] ?? '{}') as {
  login: Parameters<typeof openMaintenance>[0];
  wish: Parameters<typeof exchange>[2];
};
const [session, helper] = await Promise.all([openMaintenance(login), openMaintenance(login)]);
process.send?.('ready');
await exchange(session, helper, wish);
process.send?.('done');
await Promise.all([session.close(), helper.close()]);
process.disconnect();
