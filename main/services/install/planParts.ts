import { type Text, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { PlanStep } from '../../../contract/plan.ts';
import type { ServerSettings } from '../../../contract/serverSettings.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { databaseServiceName } from '../composeFile/composeFor.ts';
import type { PlannedFile, PlannedFiles } from '../composeFile/plannedFiles.ts';
import { databaseSteps } from './databaseContainer.ts';
import { filesOf, type Project, upArguments } from './project.ts';

/**
 * What to put back: the file as it is now. After one that was ended between writing and waiting, that is the changed one already, so
 * that the settings that ran well last are taken.
 */
export async function previousOf(
  composed: PlannedFile,
  { installation }: Pick<Instance, 'installation'>,
): Promise<PlannedFile> {
  if (composed.before === undefined || composed.before !== composed.after || installation === undefined)
    return composed;
  const { editCompose } = await import('../composeFile/existingFiles.ts');
  const before = editCompose(composed.before, composed.path, installation.settings, { keepSecrets: true });
  return { ...composed, before };
}

/** Every step of it, as it is run. */
export async function stepsOf(
  { steps }: PlannedFiles,
  pulls: readonly string[],
  {
    cli,
    compose,
    folder,
    composePath,
  }: { cli: DockerCli; compose: Project['compose'] | undefined; folder: string; composePath: string },
  { service, database }: { service: string; database: ServerSettings['database'] },
  signal: AbortSignal,
): Promise<PlanStep[]> {
  const command = (argv: string[]): PlanStep => ({ kind: 'command', host: cli.host.label, argv });
  const program = compose ?? { generation: 2 as const, version: '', program: cli.options.program };
  const files = await filesOf({ cli, compose: program, folder, composePath }, signal);
  const up = (name: string, alone: boolean) =>
    command(cli.composeArgv(program, upArguments(files, folder, name, alone)));
  return [
    ...steps,
    ...pulls.map((image) => command(cli.argv(['pull', image]))),
    ...(database === undefined ? [] : [up(databaseServiceName, false), ...databaseSteps(database)]),
    up(service, database !== undefined),
  ];
}

/** What to know about it. */
export function notesOf(
  files: PlannedFiles,
  images: ReadonlyMap<string, string | undefined>,
  pulls: readonly string[],
  { change, settings }: { change: boolean; settings: ServerSettings },
): Text[] {
  const there = [...images].flatMap(([image, made]) => {
    if (made === undefined) return [];
    const key = pulls.includes(image) ? 'install.note.pull-anyway' : 'install.note.image-there';
    return [text(key, { image, made: made.slice(0, 10) })];
  });
  if (change) return [...files.notes, ...there, text('install.note.restart'), text('install.note.put-back')];
  return [
    ...files.notes,
    ...(settings.database === undefined ? [] : [text('install.note.password')]),
    ...there,
    text('install.note.resume'),
    text('install.note.wait'),
  ];
}
