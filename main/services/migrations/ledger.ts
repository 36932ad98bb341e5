import type { PostgresSession } from '../../adapters/postgres/session.ts';

/** As the server writes it when it makes its ledger. */
export type LedgerRow = {
  id: number;
  /** The file's name. */
  name: string;
  /** ISO 8601; missing where a hand left it empty. */
  appliedAt?: string;
};

/** Whether there is a ledger, and its rows by name in plain string order. */
export type Ledger = { there: boolean; rows: LedgerRow[] };

/** As the guide gives it. */
export const ledgerQuery = 'SELECT name, applied_at FROM aperture_migrations ORDER BY name;';

/**
 * The server's ledger, found as the server finds it: by the search path. Reads only, so that a transaction pooler in between doesn't matter.
 * Raises `permission-denied` and what else stops a read.
 */
export async function readLedger({ readable }: Pick<PostgresSession, 'readable'>): Promise<Ledger> {
  const [place] = await readable.read<{ ledger: string | null }>(
    "SELECT to_regclass('aperture_migrations')::text AS ledger",
  );
  if (place === undefined || place.ledger === null) return { there: false, rows: [] };
  // Through JSON, because a ledger that a hand made may lack a column.
  const rows = await readable.read<{ id: string | null; name: string; applied: string | null }>(
    `SELECT row ->> 'id' AS id, row ->> 'name' AS name,
       to_char((row ->> 'applied_at')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS applied
     FROM (SELECT to_jsonb(m) AS row FROM aperture_migrations m) each WHERE row ->> 'name' IS NOT NULL`,
  );
  return {
    there: true,
    rows: rows
      .map(({ id, name, applied }) => ({
        id: Number(id ?? 0),
        name,
        ...(applied === null ? {} : { appliedAt: applied }),
      }))
      .sort(byName),
  };
}

/** Plain order of the characters' codes, as the server sorts: no language has a say in it. */
export function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
