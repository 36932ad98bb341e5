import { useMemo } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import type { ResourceUse } from '../../contract/server.ts';
import { Panel } from '../components/Panel.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { serverOf, type UseSample } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { LineChart, type Point } from './LineChart.tsx';
import { networkRates, range } from './resourceSeries.ts';
import classes from './Server.module.css';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const percent = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)}%`;
const rate = (value: number) => words('screen.server.use.rate', { amount: formatBytes(value) });

/** Processor, memory and network over the last minutes, as lines and as a table. */
export function ResourceUseView({ instance }: { instance: InstanceView }) {
  const { status, samples } = useStore((state) => serverOf(state, instance.id));
  const series = useMemo(
    () => ({
      cpu: samples.map(({ at, cpuPercent }) => ({ at, value: cpuPercent })),
      memory: samples.map(({ at, memoryBytes }) => ({ at, value: memoryBytes })),
      network: networkRates(samples),
    }),
    [samples],
  );
  const running = status?.state.kind === 'running';
  const resources = status?.resources;
  const title = words('screen.server.use');
  if (samples.length === 0) {
    return (
      <Panel title={title}>
        <p className={classes.quiet}>{words(running ? 'screen.server.use.none' : 'screen.server.use.not-running')}</p>
      </Panel>
    );
  }
  const limit = resources?.memoryLimitBytes;
  return (
    <Panel title={title} sub={words('screen.server.use.sub')}>
      <div className={classes.charts}>
        <Chart
          name={words('screen.server.use.cpu')}
          points={series.cpu}
          ceiling={10}
          show={percent}
          beside={words('screen.server.use.cpu-unit')}
        />
        <Chart
          name={words('screen.server.use.memory')}
          points={series.memory}
          ceiling={0}
          show={formatBytes}
          beside={limit === undefined ? undefined : words('screen.server.use.memory-of', { limit: formatBytes(limit) })}
        />
        <Chart
          name={words('screen.server.use.network')}
          points={series.network}
          ceiling={1024}
          show={rate}
          beside={words('screen.server.use.rate-unit')}
        />
      </div>
      {resources !== undefined && <Rest resources={resources} />}
      <details className={classes.more}>
        <summary>{words('screen.server.use.table')}</summary>
        <SampleTable samples={samples} network={series.network} />
      </details>
    </Panel>
  );
}

function Chart({
  name,
  points,
  ceiling,
  show,
  beside,
}: {
  name: string;
  points: readonly Point[];
  ceiling: number;
  show(value: number): string;
  beside?: string;
}) {
  const now = points.at(-1)?.value;
  const { low, high, time } = range(points);
  return (
    <div className={classes.chart}>
      <h3>{name}</h3>
      <div className={classes.now}>
        {now === undefined ? '–' : show(now)}
        {beside !== undefined && <small>{beside}</small>}
      </div>
      <LineChart
        points={points}
        ceiling={ceiling}
        label={
          now === undefined
            ? name
            : words('screen.server.use.chart', {
                name,
                now: show(now),
                low: show(low),
                high: show(high),
                time: formatDuration(time),
              })
        }
      />
    </div>
  );
}

function Rest({ resources }: { resources: ResourceUse }) {
  return (
    <p className={`${classes.quiet} ${classes.more}`}>
      {words('screen.server.use.disk', {
        read: formatBytes(resources.diskReadBytes),
        written: formatBytes(resources.diskWrittenBytes),
        processes: resources.processes,
      })}
    </p>
  );
}

function SampleTable({ samples, network }: { samples: readonly UseSample[]; network: readonly Point[] }) {
  const rates = new Map(network.map(({ at, value }) => [at, value]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
    <section className={classes.tableBox} tabIndex={0} aria-label={words('screen.server.use')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{words('screen.server.use.time')}</th>
            <th scope="col">{words('screen.server.use.cpu')}</th>
            <th scope="col">{words('screen.server.use.memory')}</th>
            <th scope="col">{words('screen.server.use.network')}</th>
          </tr>
        </thead>
        <tbody>
          {samples.toReversed().map(({ at, cpuPercent, memoryBytes }) => {
            const bytes = rates.get(at);
            return (
              <tr key={at}>
                <td>{clock.format(new Date(at))}</td>
                <td>{percent(cpuPercent)}</td>
                <td>{formatBytes(memoryBytes)}</td>
                <td>{bytes === undefined ? '–' : rate(bytes)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
