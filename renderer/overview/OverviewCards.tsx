import { IconDatabase, IconKey, IconPlugConnected, IconPuzzle, IconSchool, IconShieldLock } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { sumLine } from '../checks/checkSum.ts';
import { FactCard, FactCards } from '../components/FactCard.tsx';
import { useNow } from '../components/Moment.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { formatAgo } from '../format/moment.ts';
import { places, setupPlace } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { connectionOf } from '../store/connections.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { BackupCard } from './BackupCard.tsx';
import { neededExtensions } from './neededExtensions.ts';
import { SchemaCard } from './SchemaCard.tsx';
import { ServerCard } from './ServerCard.tsx';

/** A card for each thing that is there: server, database, schema, connection, TLS. */
export function OverviewCards({ instance }: { instance: InstanceView }) {
  return (
    <FactCards>
      {instance.kind !== 'practice' && <ServerCard instance={instance} />}
      <DatabaseCard instance={instance} />
      <SchemaCard instance={instance} />
      {instance.kind !== 'practice' && <BackupCard instance={instance} />}
      <ExtensionsCard instance={instance} />
      <ConnectionCard instance={instance} />
      {instance.kind === 'practice' ? (
        <PracticeCard />
      ) : (
        <>
          <TlsCard instance={instance} />
          <PasswordCard instance={instance} />
        </>
      )}
    </FactCards>
  );
}

function DatabaseCard({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const { report, loaded, run } = useStore((state) => checksOf(state, instance.id));
  const facts = report?.facts;
  const sum = report === undefined ? undefined : sumLine(report.results);
  const vector = facts?.extensions.find((extension) => extension.name === 'vector')?.installed;
  const version = report?.server?.version;
  return (
    <FactCard
      icon={IconDatabase}
      title={words('screen.database.title')}
      tone={run !== undefined ? 'busy' : (sum?.tone ?? 'quiet')}
      state={
        run !== undefined ? words('screen.card.checking') : words(`screen.card.database.${sum?.tone ?? 'unknown'}`)
      }
      loading={!loaded}
      fact={facts === undefined ? words('screen.card.not-known') : formatBytes(facts.databaseBytes)}
      evidence={
        facts === undefined
          ? words('screen.card.run-first')
          : [
              version === undefined ? undefined : `PostgreSQL ${version}`,
              vector === undefined ? undefined : `vector ${vector}`,
              words('screen.card.connections', { used: facts.connectionsUsed, max: facts.connectionsMax }),
            ]
              .filter((part) => part !== undefined)
              .join(' · ')
      }
      action={{ label: words('screen.overview.action.see-checks'), run: () => go(places.database) }}
    />
  );
}

function ExtensionsCard({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const { report, loaded } = useStore((state) => checksOf(state, instance.id));
  const found = report?.facts && neededExtensions(report.facts);
  const missing = found?.filter((extension) => extension.installed === undefined) ?? [];
  return (
    <FactCard
      icon={IconPuzzle}
      title={words('screen.facts.extensions')}
      tone={found === undefined ? 'quiet' : missing.length === 0 ? 'ok' : 'bad'}
      state={words(
        found === undefined
          ? 'screen.card.database.unknown'
          : missing.length === 0
            ? 'screen.card.extensions.all'
            : 'screen.card.extensions.missing',
      )}
      loading={!loaded}
      fact={
        found === undefined
          ? words('screen.card.not-known')
          : words('screen.card.extensions', { enabled: found.length - missing.length, needed: found.length })
      }
      evidence={found
        ?.map(({ name, installed }) =>
          installed === undefined ? words('screen.card.extension-missing', { name }) : `${name} ${installed}`,
        )
        .join(' · ')}
      action={{ label: words('screen.overview.action.see-checks'), run: () => go(places.database) }}
    />
  );
}

function PasswordCard({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const tones = { keychain: 'ok', session: 'warn', none: 'quiet' } as const;
  return (
    <FactCard
      icon={IconKey}
      title={words('screen.password.title')}
      tone={tones[instance.password]}
      state={words(`screen.card.password.${instance.password}`)}
      fact={words(`screen.password.kept-${instance.password}`)}
      evidence={words(`screen.card.password-${instance.password}`, { user: instance.connection?.user ?? '' })}
      action={{
        label: words('screen.card.password-change'),
        run: () => go(setupPlace(instance.id, 'connection')),
      }}
    />
  );
}

function ConnectionCard({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const { report, loaded } = useStore((state) => connectionOf(state, instance.id));
  const { route } = instance;
  const ssh = useStore((state) =>
    route.kind === 'ssh' ? state.sshHosts.find((one) => one.id === route.sshHostId)?.name : undefined,
  );
  const address = report?.address ?? instance.connection?.hosts[0];
  const connected = report?.outcome === 'connected';
  return (
    <FactCard
      icon={IconPlugConnected}
      title={words('screen.card.connection')}
      tone={report === undefined ? 'quiet' : connected ? 'ok' : 'bad'}
      state={words(`screen.card.connection.${report?.outcome ?? 'unknown'}`)}
      loading={!loaded}
      fact={
        address?.host ?? words(instance.kind === 'practice' ? 'screen.card.this-computer' : 'screen.card.not-known')
      }
      evidence={[
        route.kind === 'ssh' ? words('screen.card.through', { host: ssh ?? '' }) : words('screen.card.direct'),
        connected ? words('screen.card.login-in', { time: formatDuration(report.milliseconds) }) : undefined,
      ]
        .filter((part) => part !== undefined)
        .join(' · ')}
      action={{ label: words('screen.card.connection-details'), run: () => go(places.database) }}
    />
  );
}

function TlsCard({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const now = useNow();
  const { report, loaded } = useStore((state) => connectionOf(state, instance.id));
  const own = report?.tls?.verdicts.find((verdict) => verdict.reader === 'app');
  const leaf = report?.tls?.chain[0];
  const outcome = own?.outcome;
  const tones = { 'encrypted-verified': 'ok', 'encrypted-unverified': 'warn', plain: 'warn', refused: 'bad' } as const;
  const mode = instance.connection?.tls.mode ?? 'prefer';
  // SSH encrypts all but the last part of the way, which is inside of the other network: no alarm.
  const tunnelled = outcome === 'plain' && instance.route.kind === 'ssh';
  return (
    <FactCard
      icon={IconShieldLock}
      title={words('screen.tls.title')}
      tone={outcome === undefined || tunnelled ? 'quiet' : tones[outcome]}
      state={words(
        tunnelled
          ? 'screen.card.tls.tunnelled'
          : outcome === undefined
            ? 'screen.card.tls.unknown'
            : `screen.tls.outcome.${outcome}`,
      )}
      loading={!loaded}
      fact={words(tunnelled ? 'screen.card.tls.by-ssh' : `screen.tls.${mode}`)}
      evidence={
        tunnelled
          ? words('screen.card.tls.last-part')
          : leaf === undefined
            ? words(report?.tls?.offered === false ? 'screen.tls.not-offered' : 'screen.card.tls-untested')
            : words('screen.card.tls-expires', {
                protocol: report?.tls?.protocol ?? 'TLS',
                when: formatAgo(new Date(leaf.validTo), now),
              })
      }
      action={{
        label: words(leaf === undefined ? 'screen.card.connection-details' : 'screen.card.tls-details'),
        run: () => go(places.database),
      }}
    />
  );
}

function PracticeCard() {
  return (
    <FactCard
      icon={IconSchool}
      title={words('screen.welcome.practice')}
      tone="info"
      state={words('screen.card.practice.state')}
      fact={words('screen.card.practice')}
      evidence={words('screen.card.practice-more')}
    />
  );
}
