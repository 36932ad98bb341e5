import type { ConnectionSettings } from '../../../contract/connection.ts';
import type { ProblemCode } from '../../../contract/problem.ts';
import type { PostgresSession } from './session.ts';

type Wanted = Exclude<ConnectionSettings['targetSessionAttrs'], 'any'>;

/**
 * Why this session is not what `target_session_attrs` asks for, or undefined. Servers since 14 report what is needed by themselves;
 * older ones are asked, as libpq does.
 */
export async function unsuitable(session: PostgresSession, wanted: Wanted): Promise<ProblemCode | undefined> {
  const standby = await reported(session, 'in_hot_standby', 'SELECT pg_is_in_recovery()::text AS answer');
  switch (wanted) {
    case 'primary':
      return standby ? 'server-in-recovery' : undefined;
    case 'standby':
    case 'prefer-standby':
      return standby ? undefined : 'no-suitable-server';
    case 'read-write':
    case 'read-only': {
      const readOnly =
        standby ||
        (await reported(
          session,
          'default_transaction_read_only',
          "SELECT current_setting('default_transaction_read_only') AS answer",
        ));
      if (wanted === 'read-only') return readOnly ? undefined : 'no-suitable-server';
      if (!readOnly) return undefined;
      return standby ? 'server-in-recovery' : 'read-only-transaction';
    }
  }
}

async function reported(session: PostgresSession, parameter: string, question: string): Promise<boolean> {
  const told = session.parameters.get(parameter);
  if (told !== undefined) return told === 'on';
  const [row] = await session.readable.read<{ answer: string }>(question);
  return row?.answer === 'on' || row?.answer === 'true';
}
