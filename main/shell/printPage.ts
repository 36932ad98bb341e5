import { BrowserWindow } from 'electron';

/**
 * Prints a page without scripts through the system's own dialog. It is shown in no window of the app and written to no disk. False when
 * it was cancelled or there is no printer.
 */
export async function printPage(parent: BrowserWindow, html: string): Promise<boolean> {
  const window = new BrowserWindow({
    parent,
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, javascript: false, partition: 'print' },
  });
  try {
    await window.loadURL(`data:text/html;charset=utf-8;base64,${Buffer.from(html, 'utf8').toString('base64')}`);
    return await new Promise<boolean>((resolve) => {
      window.webContents.print({ printBackground: false }, (success) => resolve(success));
    });
  } finally {
    window.destroy();
  }
}
