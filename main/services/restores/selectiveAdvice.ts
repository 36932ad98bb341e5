import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';
import { quoted, type Side } from './selectiveSql.ts';

type Column = { name: string; generated: boolean; key: boolean };

/** SQL to paste: what differs, how to copy rows back, how to remove the schema. Only columns that both tables have. */
export async function adviceFor(
  { readable }: Pick<PostgresSession, 'readable'>,
  schema: string,
  sides: readonly Side[],
): Promise<string> {
  const parts: string[] = [];
  for (const side of sides) {
    const columns = await readable.read<Column>(
      `SELECT a.attname AS name, b.attgenerated <> '' AS generated,
         coalesce(a.attnum = ANY ((SELECT conkey::int2[] FROM pg_constraint WHERE conrelid = a.attrelid AND contype = 'p')::int2[]), false) AS key
       FROM pg_attribute a JOIN pg_attribute b ON b.attname = a.attname AND b.attnum > 0 AND NOT b.attisdropped
       WHERE a.attrelid = to_regclass(${quoteLiteral(quoted(side.into))}) AND b.attrelid = to_regclass(${quoteLiteral(quoted(side))})
         AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    );
    parts.push(tableAdvice(side, columns));
  }
  return [...parts, `-- When it is of no more use:\nDROP SCHEMA ${quoteIdentifier(schema)} CASCADE;`].join('\n\n');
}

function tableAdvice(side: Side, columns: readonly Column[]): string {
  const [from, to] = [quoted(side.into), quoted(side)];
  const about = `-- ${side.schema}.${side.name}`.replaceAll(/[\r\n]/g, ' ');
  if (columns.length === 0) {
    return `${about} is not there any more. To put it back:\nALTER TABLE ${from} SET SCHEMA ${quoteIdentifier(side.schema)};`;
  }
  const names = columns.filter(({ generated }) => !generated).map(({ name }) => quoteIdentifier(name));
  const keys = columns.filter(({ key }) => key).map(({ name }) => quoteIdentifier(name));
  const list = names.join(', ');
  const rowOf = (alias: string) => `ROW(${names.map((name) => `${alias}.${name}`).join(', ')})::text`;
  const missing =
    keys.length > 0
      ? `SELECT r.* FROM ${from} r LEFT JOIN ${to} n USING (${keys.join(', ')})\nWHERE n.${keys[0]} IS NULL;`
      : `SELECT r.* FROM ${from} r WHERE NOT EXISTS (SELECT FROM ${to} n WHERE ${rowOf('n')} = ${rowOf('r')});`;
  const differing =
    keys.length > 0
      ? [
          `${about}: rows that are not the same now`,
          `SELECT r.*, n.* FROM ${from} r JOIN ${to} n USING (${keys.join(', ')})`,
          `WHERE ${rowOf('r')} <> ${rowOf('n')};`,
          '',
        ]
      : [];
  return [
    `${about}: rows of the backup that are missing now`,
    missing,
    '',
    ...differing,
    `${about}: put back what is missing; what is there stays`,
    `INSERT INTO ${to} (${list}) OVERRIDING SYSTEM VALUE`,
    `SELECT ${list} FROM ${from} ON CONFLICT DO NOTHING;`,
  ].join('\n');
}
