import { homedir } from 'node:os';
import type { ToolFound } from '../../contract/settings.ts';
import { findTools, postgresTools } from '../adapters/toolFinder.ts';

export interface Tools {
  /** What is installed now. Asked again while it looks, the same answer serves both. */
  find(): Promise<ToolFound[]>;
  /** PostgreSQL's own tools alone: quicker. */
  findPostgres(): Promise<ToolFound[]>;
}

/** Milliseconds after which the search gives up: a program may hang, a network folder on PATH may be gone. */
const searchTimeout = 60_000;

/** The programs on this computer that the app can use. */
export function createTools(surroundings = { env: process.env, platform: process.platform, home: homedir() }): Tools {
  let running: Promise<ToolFound[]> | undefined;
  return {
    find() {
      running ??= findTools(surroundings, AbortSignal.timeout(searchTimeout)).finally(() => {
        running = undefined;
      });
      return running;
    },
    findPostgres: () => findTools(surroundings, AbortSignal.timeout(searchTimeout), postgresTools),
  };
}
