import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { MigrationStatus } from '../../contract/migration.ts';
import { Banner } from '../components/Banner.tsx';
import { LinkButton } from '../components/FactCard.tsx';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView, ProblemView } from '../components/ProblemView.tsx';
import { formatCount } from '../format/bytes.ts';
import { migrationsOf } from '../store/migrations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Migrations.module.css';
import { migrationsLine } from './migrationsLine.ts';
import { SourcePicker } from './SourcePicker.tsx';

/** The answer first, then with what was compared, how many there are of each kind, and who migrates. */
export function StatusSummary({ instance }: { instance: InstanceView }) {
  const { status } = useStore((state) => migrationsOf(state, instance.id));
  const [choosing, setChoosing] = useState(false);
  const found = status.value;
  // Without a source nothing can be compared: choosing one is the thing to do then.
  const picker = choosing || found?.source === null;
  return (
    <>
      <div className={classes.lead}>
        <Lead instanceId={instance.id} found={found} looking={status.looking} failed={status.failure !== undefined} />
      </div>
      {status.failure !== undefined && (
        <Panel>
          <FailureView failure={status.failure} />
        </Panel>
      )}
      {found?.sourceProblem !== undefined && found.sourceProblem.code !== 'migrations-no-server' && (
        <Panel>
          <ProblemView problem={found.sourceProblem} />
        </Panel>
      )}
      {found !== undefined && found.source !== null && (
        <Facts status={found} instance={instance} onChoose={() => setChoosing(!picker)} choosing={picker} />
      )}
      {(picker || (status.failure !== undefined && choosing)) && (
        <SourcePicker instance={instance} onChosen={() => setChoosing(false)} />
      )}
      {found !== undefined && found.outOfOrder.length > 0 && (
        <div className={classes.lead}>
          <Banner tone="info" title={words('screen.migrations.out-of-order', { count: found.outOfOrder.length })}>
            {words('screen.migrations.out-of-order-more')} <code>{found.outOfOrder.join(', ')}</code>
          </Banner>
        </div>
      )}
    </>
  );
}

function Lead({
  instanceId,
  found,
  looking,
  failed,
}: {
  instanceId: string;
  found?: MigrationStatus;
  looking: boolean;
  failed: boolean;
}) {
  const look = (
    <Button
      leftSection={<IconRefresh size={16} aria-hidden />}
      loading={looking}
      onClick={() => void useStore.getState().lookAtMigrations(instanceId)}
    >
      {words(found === undefined && !failed ? 'screen.migrations.look' : 'screen.migrations.look-again')}
    </Button>
  );
  if (found === undefined) {
    if (failed) return <Banner tone="bad" title={words('screen.migrations.line.failed')} actions={look} />;
    return looking ? (
      <Banner tone="busy" title={words('screen.migrations.line.looking')}>
        {words('screen.migrations.line.looking-more')}
      </Banner>
    ) : (
      <Banner tone="quiet" title={words('screen.migrations.line.not-looked')} actions={look}>
        {words('screen.migrations.line.not-looked-more')}
      </Banner>
    );
  }
  const { tone, title, more } = migrationsLine(found);
  return (
    <Banner tone={tone} title={say(title)} actions={look}>
      {say(more)}
      {found.source !== null && (
        <>
          {' '}
          {words('screen.migrations.compared')} <Moment at={found.at} how="ago" />.
        </>
      )}
    </Banner>
  );
}

function Facts({
  status,
  instance,
  choosing,
  onChoose,
}: {
  status: MigrationStatus;
  instance: InstanceView;
  choosing: boolean;
  onChoose(): void;
}) {
  const { openMigrationsSection } = useStore.getState();
  const { source, ledger, applied, pending, unknown, onStart } = status;
  if (source === null) return null;
  const image = source.imageId?.replace(/^sha256:/, '').slice(0, 12);
  return (
    <section className={classes.facts} aria-label={words('screen.migrations.facts')}>
      <Fact
        name={words(`screen.migrations.source.${source.kind}`)}
        wide
        action={
          <LinkButton onClick={onChoose}>
            {words(choosing ? 'screen.migrations.source.keep' : 'screen.migrations.source.change')}
          </LinkButton>
        }
        more={[words('screen.migrations.fact.files', { count: source.files }), image].filter(Boolean).join(' · ')}
      >
        <span className={classes.sourceName}>{source.name}</span>
      </Fact>
      <Fact
        name={words('screen.migrations.fact.applied')}
        more={
          ledger === 'missing'
            ? words('screen.migrations.fact.no-ledger')
            : unknown > 0
              ? words('screen.migrations.fact.unknown', { count: unknown })
              : words('screen.migrations.fact.ledger')
        }
      >
        {formatCount(applied + unknown)}
      </Fact>
      <Fact
        name={words('screen.migrations.fact.pending')}
        action={
          pending > 0 && (
            <LinkButton onClick={() => openMigrationsSection('preview')}>
              {words('screen.migrations.fact.preview')}
            </LinkButton>
          )
        }
      >
        {formatCount(pending)}
      </Fact>
      <Fact
        name={words('screen.migrations.fact.who')}
        action={
          instance.server !== undefined && (
            <LinkButton onClick={() => openMigrationsSection('who')}>
              {words('screen.migrations.source.change')}
            </LinkButton>
          )
        }
        more={onStart === undefined ? words('screen.migrations.who.unknown-more') : undefined}
      >
        {words(`screen.migrations.who.${onStart === undefined ? 'unknown' : onStart ? 'server' : 'hand'}`)}
      </Fact>
    </section>
  );
}

function Fact({
  name,
  children,
  more,
  action,
  wide = false,
}: {
  name: string;
  children: ReactNode;
  more?: string;
  action?: ReactNode;
  wide?: boolean;
}) {
  return (
    <div className={classes.fact} data-wide={wide || undefined}>
      <div className={classes.factHead}>
        <h2>{name}</h2>
        {action}
      </div>
      <p className={classes.factValue}>{children}</p>
      {more !== undefined && more !== '' && <p className={classes.factMore}>{more}</p>}
    </div>
  );
}
