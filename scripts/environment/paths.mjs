import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts belong to. */
export const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where big downloads are kept between checkouts. */
export const cacheFolder = path.join(
  process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'),
  'aperture-companion',
);

const windows = process.platform === 'win32';

/** The pinned Node that all tools run on; a package of the registry, so it exists after `npm ci`. */
export const pinnedNode = path.join(checkout, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** @param {string} name */
export const installed = (name) => path.join(checkout, 'node_modules', ...name.split('/'));
