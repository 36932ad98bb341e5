import type { ConnectionSettings } from './connection.ts';
import type { Text } from './copy/text.ts';

/** A connection that was found in a file. The password stays in main; whether there is one is told. */
export type ImportCandidate = {
  id: string;
  /** Where in the file: a service's name, a variable, a line. */
  source: string;
  suggestedName: string;
  settings: ConnectionSettings;
  hasPassword: boolean;
  notes: Text[];
};
