import type { Instance } from '../../contract/instance.ts';

/** What an instance's settings lead to, comparable: what was found or planned for one database must not be used for another. */
export function databaseTarget({ connection, route }: Instance): string {
  return JSON.stringify([connection?.hosts, connection?.database, connection?.user, connection?.options, route]);
}
