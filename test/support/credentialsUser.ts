import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createKeychain } from '../../main/adapters/keychain.ts';
import { ProblemError } from '../../main/problems/ProblemError.ts';
import { createCredentials, keychainIndexDocument } from '../../main/services/credentials.ts';
import { openDocument } from '../../main/services/documents.ts';
import type { Account } from '../../main/services/ports.ts';

/**
 * A process of the app as far as secrets go, in a session of its own; told what to do by messages. Arguments: folder, milliseconds of
 * patience with a locked keychain.
 */
const [folder = '', patience = '60000'] = process.argv.slice(2);
const credentials = createCredentials({
  keychain: createKeychain(),
  index: openDocument(keychainIndexDocument, { folder }),
  addToRedactor: () => undefined,
  patience: Number(patience),
  pollInterval: 50,
});

export type Request =
  | { number: number; call: 'get'; account: Account; abortAfter?: number }
  | { number: number; call: 'set'; account: Account; secret: string; place: 'keychain' | 'session' }
  | { number: number; call: 'forget' | 'place'; account: Account }
  | { number: number; call: 'state' }
  /** Eight files at once: more than the thread pool has threads. */
  | { number: number; call: 'write-files' };

export type Answer = { number: number; value?: unknown; code?: string; detail?: string };

async function answer(request: Request): Promise<unknown> {
  switch (request.call) {
    case 'get': {
      const controller = new AbortController();
      if (request.abortAfter !== undefined) setTimeout(() => controller.abort(), request.abortAfter);
      return await credentials.get(request.account, controller.signal);
    }
    case 'set':
      return await credentials.set(request.account, request.secret, request.place, 'Home');
    case 'forget':
      return await credentials.forget(request.account);
    case 'place':
      return await credentials.place(request.account);
    case 'state':
      return await credentials.state();
    case 'write-files':
      await Promise.all(
        Array.from({ length: 8 }, (_, n) => writeFile(path.join(folder, `file ${n}`), 'x'.repeat(100_000))),
      );
      return 'written';
    default:
      return request satisfies never;
  }
}

process.on('message', (request: Request) => {
  answer(request).then(
    (value) => process.send?.({ number: request.number, value }),
    (error: unknown) => {
      const problem = error instanceof ProblemError ? error.problem : { code: 'unexpected', detail: String(error) };
      process.send?.({ number: request.number, code: problem.code, detail: problem.detail });
    },
  );
});
process.once('disconnect', () => process.exit(0));
