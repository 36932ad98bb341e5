import type { ServerError } from '../../problems/serverError.ts';

const fieldNames: Record<string, keyof ServerError> = {
  S: 'severity',
  C: 'code',
  D: 'detail',
  H: 'hint',
  R: 'routine',
};

/** Reads an ErrorResponse message ('E', length, fields). Undefined when the bytes are not one. */
export function errorResponse(bytes: Buffer): ServerError | undefined {
  if (bytes.length < 6 || bytes[0] !== 0x45) return undefined;
  const length = bytes.readUInt32BE(1);
  if (length > 30_000 || length + 1 > bytes.length) return undefined;
  const fields: Partial<Record<keyof ServerError, string>> = {};
  let message = '';
  for (const field of bytes.toString('utf8', 5, length + 1).split('\0')) {
    if (field === '') continue;
    if (field[0] === 'M') message = field.slice(1);
    const name = fieldNames[field[0] ?? ''];
    if (name !== undefined) fields[name] = field.slice(1);
  }
  if (fields.code === undefined) return undefined;
  return Object.assign(new Error(message), fields) as ServerError;
}
