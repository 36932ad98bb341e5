/**
 * The oldest major version that gets security fixes: Electron supports its latest three majors
 * (https://www.electronjs.org/docs/latest/tutorial/electron-timelines). Raised with every release of the app.
 */
const oldestSupportedMajor = 43;

/** Whether this Electron gets no security fixes any more: fine for development, not for use. */
export function electronEndOfLife(version: string): boolean {
  return Number.parseInt(version, 10) < oldestSupportedMajor;
}
