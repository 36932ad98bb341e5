import { say, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { Plan } from '../../contract/plan.ts';
import { provisionWishSchema } from '../../contract/provisioning.ts';
import type { Companion } from '../compose.ts';
import type { Login, Target } from '../services/connections.ts';
import type { Keeping, ProvisionRequest } from '../services/provisioning.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, type Output, paint } from './output.ts';
import { type ReachOptions, targetOf } from './target.ts';

export type ProvisionOptions = ReachOptions & {
  instance?: string;
  adminUser?: string;
  adminPasswordStdin?: true;
  role?: string;
  database?: string;
  name?: string;
  session?: true;
  plan?: true;
  script?: true;
  yes?: true;
};

/** `provision`: shows what would be done, prints it as a script, or does it. */
export async function provision(options: ProvisionOptions, context: Context): Promise<ExitCode> {
  const { plan: planOnly, script, yes, session } = options;
  if ([planOnly, script, yes].filter((chosen) => chosen === true).length > 1) {
    throw new WrongUsage(say(text('cli.provision.one-of')));
  }
  if ((options.url === undefined) === (options.instance === undefined)) {
    throw new WrongUsage(say(text('cli.provision.which')));
  }
  if (session === true && options.passwordStdin !== true && planOnly !== true) {
    throw new WrongUsage(say(text('cli.provision.session-password')));
  }
  const companion = await context.companion();
  const piped = await pipedPasswords(options, context, companion);
  const instance = options.instance === undefined ? undefined : await findInstance(companion, options.instance);
  const { passwordStdin: _, ...reach } = options;
  const keepHost = yes === true || script === true;
  // The string says where the server is; role and database are told apart.
  const unneeded = ['password', 'user', 'database'];
  const target = await targetOf(reach, context, companion, { keepHost, instance, unneeded });
  const request = requestOf(options, target, instance, piped.role);
  const keeping = await keepingOf(options, request, companion);
  if (script === true) {
    const made = await companion.provisioning.script(request, keeping, context.signal);
    const { id, name } = made.instance;
    context.output.progress(say(text('cli.provision.script-kept', { name })));
    context.output.result({ instance: { id, name }, script: made.script }, () => made.script);
    return exitCode.good;
  }
  const administrator = await administratorOf(options, target, piped.administrator, context);
  companion.redactor.add(administrator.password);
  const plan = await companion.provisioning.plan(request, administrator, context.signal);
  if (yes !== true) {
    context.output.result({ plan: plainPlan(plan) }, () => planText(plan, context.output));
    if (planOnly !== true) context.output.progress(say(text('cli.provision.confirm')));
    return exitCode.good;
  }
  if (!context.output.json) context.output.progress(planText(plan, context.output));
  let made: InstanceView | undefined;
  const view = await context.follow(async () => {
    const started = await companion.provisioning.run(plan.id, administrator, keeping);
    made = started.instance;
    return { id: started.operationId, ended: started.ended };
  });
  if (made === undefined) throw new Error('provisioning ended well and left no instance');
  const { id, name, password } = made;
  const verdict = companion.checks.latest(id)?.verdict ?? null;
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  context.output.result(
    { plan: plainPlan(plan), instance: { id, name, password }, operation: view.id, outcome, verdict },
    () => say(text('cli.provision.done', { outcome, name, id })),
  );
  return exitCode.good;
}

/** The administrator's password on the first line, the role's on the next, as far as either is to be read. */
async function pipedPasswords(
  { adminPasswordStdin, passwordStdin }: ProvisionOptions,
  context: Context,
  { redactor }: Companion,
): Promise<{ administrator?: string; role?: string }> {
  if (adminPasswordStdin !== true && passwordStdin !== true) return {};
  if (process.stdin.isTTY === true) throw new WrongUsage(say(text('cli.check.password-stdin-terminal')));
  const lines = (await context.readInput()).split(/\r?\n/);
  const administrator = adminPasswordStdin === true ? (lines.shift() ?? '') : undefined;
  const role = passwordStdin === true ? (lines.shift() ?? '') : undefined;
  for (const secret of [administrator, role]) if (secret !== undefined) redactor.add(secret);
  return { administrator, role };
}

function requestOf(
  options: ProvisionOptions,
  at: Target,
  instance: InstanceView | undefined,
  password: string | undefined,
): ProvisionRequest {
  const wish = {
    role: options.role ?? instance?.connection?.user ?? 'aperture',
    database: options.database ?? instance?.connection?.database ?? 'aperture',
  };
  const parsed = provisionWishSchema.safeParse(wish);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path[0] === 'role' ? 'role' : 'database';
    const values = { field, value: wish[field], reason: issue?.message ?? '' };
    throw new WrongUsage(say(text('cli.provision.wish', values)));
  }
  return { ...parsed.data, at, ...(password === undefined || password === '' ? {} : { password }) };
}

/** An instance of that name that leads elsewhere stays what it is: the new one gets a number. */
async function keepingOf(
  { name, session }: ProvisionOptions,
  { at, database }: ProvisionRequest,
  { instances }: Companion,
): Promise<Keeping> {
  const wanted = name ?? say(text('cli.check.subject', { database, host: at.settings.hosts[0]?.host ?? '' }));
  const taken = new Set((await instances.list()).instances.map((each) => each.name));
  let free = wanted;
  for (let number = 2; taken.has(free); number += 1) free = `${wanted} ${number}`;
  return { name: free, place: session === true ? 'session' : 'keychain' };
}

async function administratorOf(
  { adminUser, url }: ProvisionOptions,
  target: Target,
  piped: string | undefined,
  context: Context,
): Promise<Login> {
  const fromString = url !== undefined && target.password !== undefined;
  const user = adminUser ?? (fromString ? target.settings.user : undefined);
  if (user === undefined) throw new WrongUsage(say(text('cli.provision.no-administrator')));
  const password = piped ?? (fromString && user === target.settings.user ? target.password : undefined);
  if (password !== undefined) return { user, password };
  const host = target.settings.hosts[0]?.host ?? '';
  const question = { kind: 'database-password', user, database: 'postgres', host, retry: false } as const;
  const answer = await context.ask(question, context.signal).catch((error: unknown) => {
    if (context.signal.aborted) throw error;
    throw new WrongUsage(say(text('cli.provision.admin-password')), 'question-unanswered');
  });
  return { user, password: answer.kind === 'answers' ? (answer.answers[0] ?? '') : '' };
}

function planText(plan: Plan, output: Pick<Output, 'colour'>): string {
  const lines = [paint(output, 'bold', say(plan.title)), ''];
  for (const [index, step] of plan.steps.entries()) {
    if (step.kind !== 'sql') continue;
    const { database, role, statement } = step;
    lines.push(paint(output, 'dim', say(text('cli.provision.step', { number: index + 1, database, role }))));
    lines.push(`${statement};`);
  }
  if (plan.steps.length === 0) lines.push(say(text('cli.provision.nothing')));
  lines.push('', ...plan.notes.map((note) => `· ${say(note)}`));
  return lines.join('\n');
}

function plainPlan({ title, as, steps, notes }: Plan): Record<string, unknown> {
  return { title: say(title), as, steps, notes: notes.map(say) };
}
