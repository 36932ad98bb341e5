import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dialog, type FileFilter } from 'electron';
import { say, text } from '../../contract/copy/text.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { MainWindow } from '../window.ts';
import type { Handlers } from './handlers.ts';

type ImportHandlers = Pick<Handlers, 'imports.chooseFile' | 'imports.text' | 'imports.accept' | 'files.choose'>;

const patience = 15_000;
/** Certificates are a few kilobytes each; a bundle of all public authorities has about 200. */
const largestCertificateFile = 200_000;

export function importHandlers({ imports, newInstances }: Companion, main: MainWindow): ImportHandlers {
  const choose = async (title: string, filters: FileFilter[], folder?: string): Promise<string | undefined> => {
    const chosen = await dialog.showOpenDialog(main.window, {
      title,
      filters,
      ...(folder === undefined ? {} : { defaultPath: folder }),
      properties: ['openFile', 'showHiddenFiles'],
    });
    return chosen.canceled ? undefined : chosen.filePaths[0];
  };
  return {
    'imports.chooseFile': async () => {
      const path = await choose(say(text('app.dialog.import')), []);
      if (path === undefined) return null;
      return { path, candidates: await imports.fromFile(path, AbortSignal.timeout(patience)) };
    },
    'imports.text': async ({ text: content, name }) => ({ candidates: await imports.fromText(content, name) }),
    'imports.accept': ({ candidateId, name, place }) => newInstances.imported(candidateId, name, place),
    'files.choose': async ({ purpose }) => {
      const certificates = [
        { name: 'PEM', extensions: ['pem', 'crt', 'cer', 'key'] },
        { name: '*', extensions: ['*'] },
      ];
      const path = await choose(
        say(text(`app.dialog.${purpose}`)),
        purpose === 'ssh-key' ? [] : certificates,
        purpose === 'ssh-key' ? join(homedir(), '.ssh') : undefined,
      );
      if (path === undefined) return null;
      // Only the public certificate of an authority goes to the page; keys are named by path.
      return purpose === 'certificate-authority' ? { path, text: await certificatesIn(path) } : { path };
    },
  };
}

async function certificatesIn(path: string): Promise<string> {
  try {
    if ((await stat(path)).size <= largestCertificateFile) {
      const found = (await readFile(path, 'utf8')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
      if (found !== null) return `${found.join('\n')}\n`;
    }
  } catch (cause) {
    throw new ProblemError('certificate-file-unreadable', { path }, { cause });
  }
  throw new ProblemError('certificate-file-unreadable', { path });
}
