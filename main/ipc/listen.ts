import type { IpcMainInvokeEvent } from 'electron';
import { ipcMain } from 'electron';
import type { Envelope } from '../../contract/channels.ts';
import { askChannel } from '../../contract/wire.ts';
import { appOrigin } from '../shell/appProtocol.ts';
import type { Handlers } from './handlers.ts';

/** Whether a message comes from the top frame of the app's own page in the app's own window. */
function trustedSender(
  event: Pick<IpcMainInvokeEvent, 'senderFrame' | 'sender'>,
  windowContentsId: number | undefined,
): boolean {
  const frame = event.senderFrame;
  if (frame === null || windowContentsId === undefined || event.sender.id !== windowContentsId) return false;
  if (frame.parent !== null) return false;
  // The scheme is `standard`, so it has an origin; compared parsed, never by prefix.
  try {
    const url = new URL(frame.url);
    return `${url.protocol}//${url.host}` === appOrigin;
  } catch {
    return false;
  }
}

/**
 * Listens from the start, so that the page can ask before the services are there: questions wait for them.
 * The contract's schemas and the services load after the first paint.
 */
export function listen(
  services: Promise<{ handlers: Handlers; unexpected: (error: unknown, channel: string) => string }>,
  windowContentsId: () => number | undefined,
): void {
  ipcMain.handle(askChannel, async (event, name: unknown, input: unknown): Promise<Envelope<unknown>> => {
    if (!trustedSender(event, windowContentsId())) {
      return { ok: false, problem: { code: 'invalid-input', values: { where: 'sender' } } };
    }
    const [{ handlers, unexpected }, { answer }] = await Promise.all([services, import('./answer.ts')]);
    return answer(handlers, name, input, unexpected);
  });
}
