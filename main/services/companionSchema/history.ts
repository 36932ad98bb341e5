import { z } from 'zod';
import { catalogue } from '../../../contract/copy/catalogue.ts';
import type { Text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import { type OperationView, operationKindSchema, operationStates } from '../../../contract/operation.ts';
import { type Problem, problemCodeSchema, type Values } from '../../../contract/problem.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { companionSchemaName as schema } from '../../checks/aperturesTables.ts';

/** Operations that are kept. */
const kept = 500;
/** Characters of a value that are kept: statements of a failed migration can be long. */
const longestValue = 300;

/** Writes an operation that has ended, and removes the oldest. What is given is redacted already. */
export async function writeHistory(
  { writable }: PostgresSession,
  view: OperationView,
  { host, appVersion }: { host: string; appVersion: string },
): Promise<void> {
  const { id, kind, state, startedAt, endedAt, startedBy, outcome, problem } = view;
  await writable.run(
    `INSERT INTO ${schema}.operations (id, kind, state, started_at, ended_at, host, started_by, outcome, problem, app_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
    [
      id,
      kind,
      state,
      startedAt,
      endedAt ?? startedAt,
      host,
      startedBy,
      outcome === undefined ? null : JSON.stringify({ key: outcome.key, values: shortened(outcome.values) }),
      problem === undefined ? null : JSON.stringify({ code: problem.code, values: shortened(problem.values) }),
      appVersion,
    ],
  );
  await writable.run(
    `DELETE FROM ${schema}.operations WHERE id NOT IN
       (SELECT id FROM ${schema}.operations ORDER BY started_at DESC, id LIMIT ${kept})`,
  );
}

function shortened(values: Values = {}): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && value.length > longestValue ? `${value.slice(0, longestValue)} …` : value,
    ]),
  );
}

const valuesSchema = z.record(z.string(), z.union([z.string(), z.number()])).default({});
/** What a newer version wrote and this one does not know is left out, not shown wrongly. */
const rowSchema = z.object({
  id: z.string(),
  kind: operationKindSchema,
  state: z.enum(operationStates),
  startedAt: z.string(),
  endedAt: z.string(),
  host: z.string(),
  startedBy: z.enum(['window', 'command-line', 'schedule']),
  outcome: z
    .object({ key: z.string().refine((key) => key in catalogue), values: valuesSchema })
    .nullable()
    .catch(null),
  problem: z.object({ code: problemCodeSchema, values: valuesSchema }).nullable().catch(null),
});

/** The newest operations in the history, from all computers. `host`: the name of this one. */
export async function readHistory(
  { readable }: PostgresSession,
  instance: Pick<Instance, 'id' | 'name'>,
  { limit, host: here }: { limit: number; host: string },
): Promise<OperationView[]> {
  const [there] = await readable.read<{ there: boolean }>(
    `SELECT to_regclass('${schema}.operations') IS NOT NULL AS there`,
  );
  if (there?.there !== true) return [];
  const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const rows = await readable.read(
    `SELECT id::text AS id, kind, state, ${iso('started_at')} AS "startedAt", ${iso('ended_at')} AS "endedAt", host,
            started_by AS "startedBy", outcome, problem
     FROM ${schema}.operations ORDER BY started_at DESC, id LIMIT ${Math.trunc(limit)}`,
  );
  return rows.flatMap((row) => {
    const parsed = rowSchema.safeParse(row);
    if (!parsed.success) return [];
    const { outcome, problem, host, ...view } = parsed.data;
    return [
      {
        ...view,
        subject: { instanceId: instance.id, name: instance.name },
        steps: [],
        stepIndex: 0,
        overall: view.state === 'succeeded' ? 1 : 0,
        ...(outcome === null ? {} : { outcome: outcome as Text }),
        ...(problem === null ? {} : { problem: problem as Problem }),
        ...(host === here ? {} : { host }),
      },
    ];
  });
}

/** Newest first, each once: what this computer knows of an operation counts, since it has its log. */
export function merged(
  own: readonly OperationView[],
  others: readonly OperationView[],
  limit: number,
): OperationView[] {
  const ids = new Set(own.map(({ id }) => id));
  return [...own, ...others.filter(({ id }) => !ids.has(id))]
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0))
    .slice(0, limit);
}
