import { IconStairsUp } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import type { SchemaState } from '../../contract/server.ts';
import { FactCard } from '../components/FactCard.tsx';
import { formatCount } from '../format/bytes.ts';
import { useStale } from '../server/useServerWatch.ts';
import { places } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/**
 * Whether the database has what the server needs. Where a server runs, its image and the ledger decide: with migrations off `/health`
 * says ok on an empty database, too. Else what the checks found in the database.
 */
export function SchemaCard({ instance }: { instance: InstanceView }) {
  const { status, lookedAt } = useStore((state) => serverOf(state, instance.id));
  const stale = useStale(lookedAt, 45_000);
  const schema = stale ? undefined : status?.schema;
  if (schema !== undefined && schema.kind !== 'unknown') {
    return <SchemaByServer schema={schema} migrationsOnStart={status?.migrationsOnStart !== false} />;
  }
  return <SchemaByChecks instance={instance} />;
}

function SchemaByServer({
  schema,
  migrationsOnStart,
}: {
  schema: Exclude<SchemaState, { kind: 'unknown' }>;
  migrationsOnStart: boolean;
}) {
  const [, go] = useLocation();
  const by = words(`screen.card.schema-by-${schema.by}`);
  const complete = schema.kind === 'complete';
  return (
    <FactCard
      icon={IconStairsUp}
      title={words('screen.card.schema')}
      tone={complete ? 'ok' : 'bad'}
      state={words(`screen.card.schema.${schema.kind}`)}
      fact={
        schema.kind === 'pending'
          ? words('screen.card.schema-pending', { count: schema.count ?? 0 })
          : schema.applied === undefined
            ? words('screen.card.schema.complete')
            : words('screen.card.migrations', { count: schema.applied })
      }
      evidence={migrationsOnStart ? by : `${by} · ${words('screen.card.schema-off')}`}
      action={{ label: words('screen.card.schema-see'), run: () => go(places.migrations) }}
    />
  );
}

function SchemaByChecks({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const { report, loaded } = useStore((state) => checksOf(state, instance.id));
  const facts = report?.facts;
  const applied = facts?.migrationsApplied;
  return (
    <FactCard
      icon={IconStairsUp}
      title={words('screen.card.schema')}
      tone={applied === undefined ? 'quiet' : 'ok'}
      state={words(
        facts === undefined
          ? 'screen.card.database.unknown'
          : applied === undefined
            ? 'screen.card.schema.empty'
            : 'screen.card.schema.present',
      )}
      loading={!loaded}
      fact={
        applied !== undefined
          ? words('screen.card.migrations', { count: applied })
          : words(facts === undefined ? 'screen.card.not-known' : 'screen.card.no-migrations')
      }
      evidence={
        facts === undefined
          ? undefined
          : applied === undefined
            ? words('screen.card.schema-more')
            : [
                words('screen.card.tables', { count: facts.tables.count, amount: formatCount(facts.tables.count) }),
                facts.lastMigration,
              ]
                .filter((part) => part !== undefined)
                .join(' · ')
      }
      action={{ label: words('screen.card.schema-see'), run: () => go(places.migrations) }}
    />
  );
}
