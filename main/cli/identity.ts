import { say, text } from '../../contract/copy/text.ts';
import type { CompanionSchemaState } from '../../contract/identity.ts';
import type { Context } from './context.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';

export type IdentityOptions = { create?: true; here?: true };

/** `instances identity`: exits with 1 for a database that is not where it was, and for one without an identity. */
export async function identity(nameOrId: string, options: IdentityOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id, name, companionSchema } = await findInstance(companion, nameOrId);
  const { operations, companionSchema: service } = companion;
  if (options.create === true) {
    await context.follow(() =>
      operations.run(
        'companion-schema',
        { instanceId: id, name },
        [{ name: text('companion-schema.step.run'), weight: 1 }],
        async (op) => {
          op.step(0);
          await service.ensure(id, op);
          return text('companion-schema.outcome');
        },
        { exclusive: true },
      ),
    );
  }
  const state =
    options.here === true ? await service.settle(id, context.signal) : await service.state(id, context.signal);
  const refused = state.kind === 'missing' && companionSchema === 'not-permitted';
  context.output.result({ instance: { id, name }, schema: state }, () => words(state, refused));
  return (state.kind === 'there' || state.kind === 'newer') && state.identity.place !== 'moved'
    ? exitCode.good
    : exitCode.problemFound;
}

function words(state: CompanionSchemaState, refused: boolean): string {
  switch (state.kind) {
    case 'missing':
      return say(text(refused ? 'identity.not-permitted' : 'identity.missing'));
    case 'foreign':
      return say(text('problem.companion-schema-foreign.title'));
    case 'there':
    case 'newer': {
      const { id, name, createdAt, appVersion, place, lastPlace } = state.identity;
      const key = place === 'same' ? 'identity.here' : place === 'moved' ? 'identity.moved' : 'identity.place-unknown';
      return [
        say(text('cli.instances.identity.line', { name, id, created: createdAt, version: appVersion })),
        say(text(key, lastPlace)),
        ...(state.kind === 'newer'
          ? [say(text('problem.companion-schema-newer.cause', { names: state.unknown.join(', ') }))]
          : []),
      ].join('\n');
    }
  }
}
