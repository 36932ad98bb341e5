import type { DatabaseFacts } from '../../contract/check.ts';
import { bytesOf, countOf, sizeText } from './amounts.ts';
import type { ServerFacts } from './facts.ts';

/** What Overview and Database show of the facts beside the checks. What the server did not tell counts as 0 or is missing. */
export function summaryOf(facts: ServerFacts): DatabaseFacts {
  const { installed, available = [], relations } = facts;
  const named = new Set([...installed, ...available].map((each) => each.name));
  return {
    databaseBytes: facts.size?.bytes ?? 0,
    connectionsUsed: facts.connections?.all ?? 0,
    connectionsMax: countOf(facts, 'max_connections') ?? 0,
    extensions: [...named].sort().map((name) => {
      const extension = installed.find((each) => each.name === name);
      return {
        name,
        installed: extension?.version,
        schema: extension?.schema,
        available: available.find((each) => each.name === name)?.version,
      };
    }),
    settings: facts.settings.map(({ name, value, unit, source }) => {
      const bytes = bytesOf(facts, name);
      // "128 MB" as in postgresql.conf, not 16384 blocks of 8 kB.
      return bytes === undefined
        ? { name, value, unit: unit ?? undefined, source }
        : { name, value: sizeText(bytes), source };
    }),
    tables: {
      count: relations?.count ?? 0,
      largest: (relations?.largest ?? []).map(({ schema, name, bytes, rows }) => ({
        name: schema === 'public' ? name : `${schema}.${name}`,
        bytes,
        rows,
      })),
    },
    migrationsApplied: facts.ledger?.applied,
    lastMigration: facts.ledger?.last ?? undefined,
    uptimeSeconds: facts.size?.uptimeSeconds ?? 0,
    timeZone: facts.server.timeZone,
  };
}
