import { type Text, text } from '../../contract/copy/text.ts';
import type { Fix, RunnableFixId } from '../../contract/fix.ts';
import type { CheckContext } from './check.ts';
import { administratorRole, doerOf } from './rights.ts';
import { previewOf, scriptOf, statementsOf } from './statements.ts';

/**
 * What the app can do about it by itself; where that takes more rights than its role has, also the same statements
 * as a script for whoever has them.
 */
export function runnable(id: RunnableFixId, title: Text, context: CheckContext, why?: Text): Fix[] {
  const { facts } = context;
  const statements = statementsOf(id, facts);
  const as = doerOf(id, facts);
  const run: Fix = {
    kind: 'run',
    id,
    title,
    as,
    preview: previewOf(statements),
    why: why ?? (as === 'administrator' ? administratorNeeded(context) : undefined),
  };
  return as === 'app' ? [run] : [run, forAdministrator(statements, context)];
}

/** A script to hand over to the administrator of the database. */
export function forAdministrator(statements: readonly string[], context: CheckContext): Fix {
  return {
    kind: 'paste',
    title: text('fix.for-administrator.title'),
    language: 'sql',
    where: sqlPlace(context),
    snippet: scriptOf(statements, context.facts.server.database),
    why: administratorNeeded(context),
  };
}

/** Who has to run it, in this provider's words. */
function administratorNeeded({ facts, server }: CheckContext): Text {
  const values = { role: facts.server.user, administrator: administratorRole(server.provider, facts) };
  switch (server.provider) {
    case 'rds':
    case 'aurora':
      return text('fix.administrator.rds', values);
    case 'azure':
      return text('fix.administrator.azure', values);
    case 'cloud-sql':
      return text('fix.administrator.cloud-sql', values);
    case 'supabase':
      return text('fix.administrator.supabase', values);
    case 'neon':
      return text('fix.administrator.neon', values);
    case 'digitalocean':
      return text('fix.administrator.digitalocean', values);
    default:
      return text('fix.administrator.own', values);
  }
}

function sqlPlace({ address, facts, server }: CheckContext): Text {
  return text('fix.where.sql', {
    host: address.host,
    database: facts.server.database,
    administrator: administratorRole(server.provider, facts),
  });
}

/** SQL that the app doesn't run by itself, because it needs a decision or a restart. */
export function sqlToPaste(title: Text, snippet: string, context: CheckContext, why?: Text): Fix {
  return { kind: 'paste', title, language: 'sql', where: sqlPlace(context), snippet, why };
}

/** A command for the computer that PostgreSQL runs on. */
export function shellToPaste(title: Text, snippet: string, context: CheckContext, why?: Text): Fix {
  const where = text('fix.where.shell', { host: context.address.host });
  return { kind: 'paste', title, language: 'shell', where, snippet, why };
}

export function isManaged({ server }: CheckContext): boolean {
  return ['supabase', 'neon', 'rds', 'aurora', 'azure', 'cloud-sql', 'digitalocean'].includes(server.provider);
}
