import { randomInt } from 'node:crypto';

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A password of letters and digits only (238 bits at 40 characters): it needs no encoding in a URL, an .env file, a shell or a
 * .pgpass, and the server's own backup does not decode any.
 */
export function generatePassword(length = 40): string {
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}
