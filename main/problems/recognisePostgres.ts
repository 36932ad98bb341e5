import type { Problem, ProblemCode } from '../../contract/problem.ts';
import { type Context, placeOf } from './context.ts';
import { recogniseHba } from './recogniseHba.ts';
import { recogniseLogin } from './recogniseLogin.ts';
import { recognisePooler } from './recognisePooler.ts';
import { isServerError, quoted, type ServerError, words } from './serverError.ts';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const bySqlState: Record<string, ProblemCode> = {
  '25006': 'read-only-transaction',
  '3D000': 'database-missing',
  '42501': 'permission-denied',
  '42P04': 'object-exists',
  '42P06': 'object-exists',
  '42P07': 'object-exists',
  '42710': 'object-exists',
  '42723': 'object-exists',
  '53100': 'server-disk-full',
  '53200': 'server-out-of-memory',
  '55P03': 'lock-timeout',
  '57014': 'statement-timeout',
  '57P01': 'server-stopping',
  '57P02': 'server-stopping',
  '57P04': 'database-missing',
  '57P05': 'connection-lost',
};

/**
 * An error of the server. The SQLSTATE decides, then the routine that raised it (a C function's name, so the same in every
 * language), and the words of the message last.
 */
export function recognisePostgres(error: Error, context: Context): Problem | undefined {
  if (!isServerError(error)) return undefined;
  const special =
    recognisePooler(error, context) ??
    recogniseHba(error, context) ??
    recogniseLogin(error, context) ??
    recogniseWork(error, context);
  if (special !== undefined) return special;
  const code = bySqlState[error.code] ?? 'sql-error';
  return {
    code,
    values: { ...placeOf(context), message: error.message, sqlState: error.code, seconds: 0 },
    detail: words(error),
  };
}

function recogniseWork(error: ServerError, context: Context): Problem | undefined {
  const values = { ...placeOf(context), message: error.message, sqlState: error.code };
  const detail = words(error);
  const [name = ''] = quoted(error.message);
  if (error.code === '25006' && (context.inRecovery === true || /recovery/i.test(error.message))) {
    return { code: 'server-in-recovery', values, detail };
  }
  const extension = /^(parse_extension_control_file|CreateExtension|CreateExtensionInternal|execute_extension_script)$/;
  if (extension.test(error.routine ?? '') || /extension/i.test(error.message)) {
    if (error.code === '42501')
      return { code: 'extension-not-permitted', values: { ...values, extension: name }, detail };
    if (error.code === '0A000' || error.code === '58P01') {
      return {
        code: 'extension-unavailable',
        values: { ...values, extension: extensionIn(error.message, name) },
        detail,
      };
    }
  }
  return undefined;
}

/** Before 15: `could not open extension control file ".../vector.control"`. */
function extensionIn(message: string, name: string): string {
  return /([\w-]+)\.control/.exec(message)?.[1] ?? name;
}
