import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Where the engine of the tests has its sockets and what runs now. One for all test processes, because one engine serves
 * them all; short, because paths of Unix sockets are; readable by all, because users who log in by SSH reach it.
 */
export const runFolder = path.join(tmpdir(), 'aperture-companion-docker');
