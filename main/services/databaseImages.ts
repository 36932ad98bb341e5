import { say, type Text, text } from '../../contract/copy/text.ts';
import type { DatabaseImageReport } from '../../contract/databaseImage.ts';
import type { Fix } from '../../contract/fix.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { PlanStep } from '../../contract/plan.ts';
import type { DockerFound, DockerPlace } from '../../contract/server.ts';
import type { DockerCli } from '../adapters/docker/dockerCli.ts';
import { type Inspected, inspectAll } from '../adapters/docker/inspect.ts';
import { madeWith } from '../adapters/docker/madeWith.ts';
import { inspectNetworks } from '../adapters/docker/networks.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { readIfThere } from './composeFile/readIfThere.ts';
import { reindexByHand, reindexCommand, runByHand } from './databaseImage/byHand.ts';
import { type ImageMove, moveImage, upOf } from './databaseImage/carryOut.ts';
import { dataFacts, superuserOf } from './databaseImage/dataFacts.ts';
import { type KnownImage, knownImage } from './databaseImage/knownImage.ts';
import type { DockerHosts } from './dockerHosts.ts';
import { composeOf } from './install/project.ts';
import { createPlans } from './plans.ts';
import type { Op, Operations } from './ports.ts';
import { type ServingContainer, servingContainer, surroundingsOf } from './reach/databaseContainer.ts';
import { hostAddresses } from './reach/dockerHostView.ts';

export interface DatabaseImages {
  /**
   * Which container on that Docker host serves the instance's database, and how it gets pgvector: the image of pgvector for the same major
   * version. Changes nothing. Raises `database-not-in-container`, `database-image-unknown`, `docker-…`.
   */
  plan(instanceId: string, docker: DockerPlace, signal: AbortSignal): Promise<DatabaseImageReport>;
  /**
   * Operation `database-image`, exclusive for the instance. The same data directory has to answer afterwards, and pgvector has to be there;
   * else the image of before is put back and it fails with `database-image-rolled-back`. Raises `plan-missing`, `plan-stale`,
   * `operation-busy`.
   */
  run(planId: string): Promise<{ operationId: string; ended: Promise<OperationView> }>;
}

export type DatabaseImagesNeed = {
  instances: { get(id: string): Promise<Instance> };
  dockerHosts: DockerHosts;
  operations: Operations;
  now?: () => Date;
};

const largestFile = 1024 * 1024;

type Planned = { instance: Instance; docker: DockerPlace; move: Omit<ImageMove, 'cli' | 'compose'> };

export function createDatabaseImages({ instances, dockerHosts, operations, now }: DatabaseImagesNeed): DatabaseImages {
  const plans = createPlans<Planned>({ now });

  return {
    async plan(instanceId, docker, signal) {
      const instance = await instances.get(instanceId);
      const { cli, found } = await dockerHosts.engine(docker, signal);
      const { container, name } = await servingOf(instance, docker, cli, signal);
      const known = knownImage(container);
      const from = container.Config.Image;
      if (known === undefined) throw new ProblemError('database-image-unknown', { container: name, image: from });
      const facts = await dataFacts(cli, container, signal);
      const report = { container: name, from, to: known.target };
      const noPlan = (title: Text) =>
        plans.keep({ title, as: 'app', steps: [], notes: [] }, { instance, docker, move: none });
      if (facts.vector) {
        const title = text('image.plan.there', { container: name });
        return { ...report, outcome: 'there', plan: noPlan(title), byHand: [] };
      }
      const byHandTitle = text('image.plan.by-hand', { container: name, to: known.target });
      const reindex = known.flavour === 'alpine' ? [reindexByHand(name, superuserOf(container))] : [];
      const edit = await editOf(cli, container, known, signal);
      if (edit.kind === 'by-hand') {
        return { ...report, outcome: 'by-hand', plan: noPlan(byHandTitle), byHand: [...edit.fixes, ...reindex] };
      }
      const { path, folder, project, files, service, before, after, original } = edit;
      const { changeOf } = await import('./composeFile/existingFiles.ts');
      const compose = composeOf(found, cli.host.label);
      const move = {
        ...{ path, folder, project, files, service, before, after, original, facts, name, target: known.target },
        reindex: known.flavour === 'alpine' ? reindexCommand(superuserOf(container)) : undefined,
      };
      const plan = plans.keep(
        {
          title: text('image.plan.title', report),
          as: 'app',
          steps: stepsOf(cli, compose, move),
          notes: notesOf(known, facts.directory),
        },
        { instance, docker, move },
      );
      return { ...report, outcome: 'possible', plan, change: changeOf({ path, before, after }, false), byHand: [] };
    },

    async run(planId) {
      const { plan, detail } = plans.find(planId);
      const { instance, docker, move } = detail;
      if (plan.steps.length === 0) throw new ProblemError('plan-missing', { id: planId });
      const steps = [
        { name: text('image.step.pull'), weight: 4 },
        { name: text('image.step.replace'), weight: 1 },
        { name: text('image.step.verify'), weight: 1 },
        ...(move.reindex === undefined ? [] : [{ name: text('image.step.reindex'), weight: 6 }]),
      ];
      const body = async (op: Op) => {
        const { cli, found } = await dockerHosts.engine(docker, op.signal);
        await moveImage({ ...move, cli, compose: composeOf(found, cli.host.label) }, op);
        return text('image.outcome', { container: move.name, image: move.target });
      };
      const subject = { instanceId: instance.id, name: instance.name };
      const { id, ended } = await operations.run('database-image', subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },
  };
}

/** Of a plan without steps, which is never carried out. */
const none: Planned['move'] = {
  ...{
    path: '',
    folder: '',
    project: '',
    files: [],
    service: '',
    before: '',
    after: '',
    original: '',
    name: '',
    target: '',
    reindex: undefined,
  },
  facts: { identifier: '', major: 0, directory: '', vector: false },
};

async function servingOf(
  instance: Instance,
  docker: DockerPlace,
  cli: DockerCli,
  signal: AbortSignal,
): Promise<ServingContainer> {
  const [containers, networks, addresses] = await Promise.all([
    inspectAll(cli, { signal }),
    inspectNetworks(cli, { signal }),
    hostAddresses(cli.host, signal),
  ]);
  const surroundings = surroundingsOf({ docker, instance }, containers, networks, addresses);
  const candidates = [instance.connection?.hosts[0], instance.seenByServer].filter((one) => one !== undefined);
  for (const address of candidates) {
    const serving = servingContainer(address, surroundings);
    if (serving !== undefined) return serving;
  }
  const [first] = candidates;
  const address = first === undefined ? '' : `${first.host}:${first.port}`;
  throw new ProblemError('database-not-in-container', { address, host: cli.host.label });
}

type Editable =
  | ({ kind: 'possible' } & Pick<
      ImageMove,
      'path' | 'folder' | 'project' | 'files' | 'service' | 'before' | 'after' | 'original'
    >)
  | { kind: 'by-hand'; fixes: Fix[] };

/** The compose file with the other image in it, everything else byte for byte; or how to do it by hand. */
async function editOf(cli: DockerCli, container: Inspected, known: KnownImage, signal: AbortSignal): Promise<Editable> {
  const labels = container.Config.Labels ?? {};
  const service = labels['com.docker.compose.service'];
  const folder = labels['com.docker.compose.project.working_dir'];
  const project = labels['com.docker.compose.project'];
  const files = composeFilesOf(labels['com.docker.compose.project.config_files'], folder);
  const [path] = files;
  const name = container.Name.replace(/^\//, '');
  if (service === undefined || path === undefined || folder === undefined || project === undefined) {
    return { kind: 'by-hand', fixes: [runByHand(name, await madeWith(cli, container.Id, signal), known)] };
  }
  const before = await readIfThere(cli.host, path, { signal, maxBytes: largestFile });
  const inFile = (snippet: string, why?: Text): Fix => ({
    kind: 'paste',
    title: text('image.fix.compose'),
    language: 'yaml',
    where: text('fix.where.compose', { host: cli.host.label }),
    snippet,
    ...(why === undefined ? {} : { why }),
  });
  const snippet = `services:\n  ${service}:\n    image: ${known.target}`;
  if (before === undefined) return { kind: 'by-hand', fixes: [inFile(snippet)] };
  const { changeCompose } = await import('./composeFile/changeCompose.ts');
  const edited = changeCompose(before, [{ at: 'image', value: known.target }], service);
  if (edited.kind === 'changed') {
    const original = edited.text === before ? await interrupted(before) : before;
    return { kind: 'possible', path, folder, project, files, service, before, after: edited.text, original };
  }
  const why = text('image.fix.compose.why', { reason: say(edited.reason) });
  return { kind: 'by-hand', fixes: [inFile(edited.diff === '' ? snippet : edited.diff, why)] };

  /** The file has the new image already and the container the old one: an earlier move ended in between, and this is where it began. */
  async function interrupted(now: string): Promise<string> {
    const previous = await readIfThere(cli.host, `${path}.previous`, { signal, maxBytes: largestFile });
    if (previous === undefined || service === undefined) return now;
    const again = changeCompose(previous, [{ at: 'image', value: known.target }], service);
    return again.kind === 'changed' && again.text === now ? previous : now;
  }
}

/** As Compose notes them on the container; Compose 1 relative to the folder. */
function composeFilesOf(noted: string | undefined, folder: string | undefined): string[] {
  const names = (noted ?? '').split(',').filter((name) => name !== '');
  return names.map((name) =>
    name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name) || folder === undefined
      ? name
      : `${folder.replace(/\/$/, '')}/${name}`,
  );
}

function stepsOf(cli: DockerCli, compose: NonNullable<DockerFound['compose']>, move: Planned['move']): PlanStep[] {
  const { path, after, target, name, reindex } = move;
  const host = cli.host.label;
  const command = (argv: string[]): PlanStep => ({ kind: 'command', host, argv });
  return [
    command(['docker', 'pull', target]),
    { kind: 'file', host, path, mode: '', content: after },
    command(cli.composeArgv(compose, upOf(move))),
    ...(reindex === undefined ? [] : [command(['docker', 'exec', name, ...reindex])]),
  ];
}

function notesOf({ major, flavour }: KnownImage, directory: string): Text[] {
  return [
    text('image.note.same-major', { major, directory }),
    text('image.note.down'),
    text('image.note.back'),
    ...(flavour === 'alpine' ? [text('image.note.collation')] : []),
    text('image.note.extension'),
  ];
}
