import { say, text } from '../../contract/copy/text.ts';
import type { Installation } from '../../contract/install.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ReachReport, ReachSide } from '../../contract/reach.ts';
import { serverSettingsSchema } from '../../contract/serverSettings.ts';
import type { Companion } from '../compose.ts';
import { presetFor } from '../services/composeFile/presets.ts';
import { redactDeep } from '../services/operations/journal.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, type Output, paint } from './output.ts';
import { fixText, plainFix, plainProblem, problemLines } from './reportText.ts';
import { type DockerOptions, placeOf } from './server.ts';

export type ReachCommandOptions = DockerOptions & {
  instance: string;
  network?: string[];
  image?: string;
  hostGateway?: true;
  seen?: string;
};

/** `reach`: tries the database from this computer and from where the server is or will be. Exits with 1 when a side does not get there. */
export async function reach(options: ReachCommandOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  if (options.seen !== undefined) {
    await companion.instances.update(instance.id, { seenByServer: addressOf(options.seen) });
  }
  const installation = await installationOf(options, instance, companion);
  await context.follow(async () => {
    const request = { instanceId: instance.id, ...(installation === undefined ? {} : { installation }) };
    const { operationId, ended } = await companion.reach.run(request);
    return { id: operationId, ended };
  });
  const report = companion.reach.latest(instance.id);
  if (report === undefined) throw new Error('the test ended well and left no report');
  const shown = redactDeep(report, companion.redactor.redact);
  context.output.result(documentOf(instance, shown), () => reportText(shown, context.output));
  return report.app.outcome === 'reached' && report.server.outcome === 'reached'
    ? exitCode.good
    : exitCode.problemFound;
}

/** Where the server is to be, when the options say so or nobody has said it yet. */
async function installationOf(
  options: ReachCommandOptions,
  instance: InstanceView,
  companion: Companion,
): Promise<Installation | undefined> {
  const { network, image, hostGateway } = options;
  const chosen = [options.docker, options.socket, options.sudo, options.sshKey, network, image, hostGateway];
  const known = instance.server !== undefined || instance.installation !== undefined;
  if (known && chosen.every((option) => option === undefined)) return undefined;
  const where = instance.installation ?? { ...presetFor('linux'), preset: 'linux' as const };
  const own = instance.server?.docker ?? instance.installation?.docker;
  const named = [options.docker, options.socket, options.sudo, options.sshKey].some((option) => option !== undefined);
  const parsed = serverSettingsSchema.safeParse({
    ...where.settings,
    ...(image === undefined ? {} : { image }),
    ...(network === undefined ? {} : { networks: network }),
    ...(hostGateway === undefined ? {} : { hostGateway }),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new WrongUsage(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const docker = own !== undefined && !named ? own : await placeOf(options, companion, false);
  return { preset: where.preset, folder: where.folder, settings: parsed.data, docker };
}

/** `host:port`, an IPv6 address in brackets; PostgreSQL's own port unless told. */
export function addressOf(given: string): { host: string; port: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/@\s]+))(?::(\d{1,5}))?$/.exec(given);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? 5432);
  if (host === undefined || port < 1 || port > 65_535)
    throw new WrongUsage(say(text('cli.reach.seen-invalid', { given })));
  return { host, port };
}

function documentOf({ id, name }: InstanceView, report: ReachReport): Record<string, unknown> {
  const side = ({ problem, ...rest }: ReachSide) => ({
    ...rest,
    ...(problem === undefined ? {} : { problem: plainProblem(problem) }),
  });
  const { at, databaseUrl, networks, app, server, advice } = report;
  return {
    instance: { id, name },
    at,
    databaseUrl,
    networks,
    app: side(app),
    server: side(server),
    advice: advice.map(plainFix),
  };
}

function reportText({ databaseUrl, networks, app, server, advice }: ReachReport, output: Output): string {
  return [
    say(text('cli.reach.url', { url: databaseUrl })),
    ...(networks.length === 0 ? [] : [say(text('cli.reach.networks', { networks: networks.join(', ') }))]),
    '',
    ...[app, server].flatMap((side) => [sideText(side, output), '']),
    ...advice.map((fix) => fixText(fix, output)),
  ]
    .join('\n')
    .trimEnd();
}

function sideText(side: ReachSide, output: Output): string {
  const { means, outcome, address, answered, milliseconds, problem } = side;
  const styles = { reached: 'green', failed: 'red', skipped: 'yellow' } as const;
  const word = paint(output, styles[outcome], say(text(`cli.reach.${outcome}`)).padEnd(13));
  const from = say(text(`reach.means.${means}`));
  const at = `${address.host}:${address.port}`;
  const lines = [
    `${word}${paint(output, 'bold', from)} → ${at}${milliseconds === undefined ? '' : `, ${milliseconds} ms`}`,
  ];
  if (answered !== undefined) {
    const { serverVersion: version, user, database, clientAddress, encrypted } = answered;
    const values = { version, user, database, client: clientAddress ?? '', encrypted: encrypted ? 'yes' : 'no' };
    lines.push(say(text('cli.reach.answered', values)));
  }
  if (problem !== undefined) lines.push(problemLines(problem, output));
  return lines.join('\n');
}
