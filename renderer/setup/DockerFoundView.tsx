import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { DockerEndpoint, DockerFound } from '../../contract/server.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { Panel } from '../components/Panel.tsx';
import { ProblemView } from '../components/ProblemView.tsx';
import { StatusMark, Tag } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** What Docker is like at a place: the engine that answers, or why none does and how that is mended. */
export function DockerFoundView({
  found,
  looking,
  onLook,
  onUse,
}: {
  found: DockerFound;
  looking: boolean;
  onLook(): void;
  /** Takes another engine that was found; missing where there is no choice. */
  onUse?(chosen: { context: string } | { socket: string }): void;
}) {
  const { engine, compose, problem } = found;
  const again = (
    <Button leftSection={<IconRefresh size={16} aria-hidden />} loading={looking} onClick={onLook}>
      {words('screen.docker.look-again')}
    </Button>
  );
  if (engine === undefined) {
    return (
      <Panel>
        {problem !== undefined && <ProblemView problem={problem} actions={again} />}
        <OtherEngines endpoints={found.endpoints} onUse={onUse} />
      </Panel>
    );
  }
  const used = found.endpoints.find(({ outcome }) => outcome === 'used');
  const title = words('screen.docker.found', {
    product: words(`screen.docker.product.${engine.product}`),
    version: engine.version,
    host: found.host,
  });
  return (
    <Panel title={<StatusMark tone="ok">{title}</StatusMark>} actions={again}>
      <KeyValue
        rows={[
          [words('screen.docker.system'), `${found.system} (${engine.architecture})`],
          [
            words('screen.docker.engine'),
            <span key="engine" className={classes.tags}>
              <code>
                {used?.context === undefined
                  ? engine.address
                  : words('screen.docker.engine-context', { address: engine.address, context: used.context })}
              </code>
              {engine.rootless && <Tag tone="info">{words('screen.docker.rootless')}</Tag>}
              {engine.sudo && <Tag tone="info">{words('screen.docker.with-sudo')}</Tag>}
            </span>,
          ],
          [
            words('screen.docker.compose'),
            compose === undefined ? (
              <span key="compose" className={classes.missing}>
                {words('screen.docker.compose-missing')}
              </span>
            ) : (
              words('screen.docker.compose-line', { version: compose.version, program: compose.program })
            ),
          ],
          [words('screen.docker.user'), userLine(found, engine.sudo)],
          [
            words('screen.docker.ignored'),
            found.ignoredDockerHost === undefined
              ? undefined
              : words('screen.docker.ignored-line', { address: found.ignoredDockerHost }),
          ],
        ]}
      />
      <OtherEngines endpoints={found.endpoints} onUse={onUse} />
    </Panel>
  );
}

function userLine({ user, inDockerGroup }: DockerFound, sudo: boolean): string {
  if (sudo) return words('screen.docker.user-sudo', { user });
  return inDockerGroup ? words('screen.docker.user-group', { user }) : user;
}

function OtherEngines({
  endpoints,
  onUse,
}: {
  endpoints: readonly DockerEndpoint[];
  onUse?(chosen: { context: string } | { socket: string }): void;
}) {
  const others = endpoints.filter(({ outcome }) => outcome !== 'used');
  const offered = others.filter(({ outcome }) => outcome === 'elsewhere' || outcome === 'not-tried');
  if (onUse === undefined || offered.length === 0) return null;
  return (
    <div className={classes.others}>
      <p className={classes.label}>{words('screen.docker.others')}</p>
      <ul className={classes.rows}>
        {offered.map(({ address, context, outcome }) => (
          <li key={`${address} ${context}`} className={classes.row}>
            <div>
              <code>{address}</code>
              {context !== undefined && <small className={classes.rowMore}>{context}</small>}
              {outcome === 'elsewhere' && <small className={classes.rowMore}>{words('screen.docker.elsewhere')}</small>}
            </div>
            {outcome === 'not-tried' && (
              <Button
                size="xs"
                aria-label={words('screen.docker.use-name', { address: context ?? address })}
                onClick={() => onUse(context === undefined ? { socket: address } : { context })}
              >
                {words('screen.docker.use')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
