const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A password of letters and digits only (238 bits at 40 characters): it needs no encoding anywhere, and the server's own backup does
 * not decode any. `random` fills an array with random bytes.
 */
export function generatePassword(
  length = 40,
  random: (bytes: Uint8Array<ArrayBuffer>) => unknown = (bytes) => crypto.getRandomValues(bytes),
): string {
  // Bytes beyond the last whole multiple would make the first characters likelier.
  const fair = 256 - (256 % characters.length);
  const chosen: string[] = [];
  while (chosen.length < length) {
    const bytes = new Uint8Array(length);
    random(bytes);
    for (const byte of bytes)
      if (byte < fair && chosen.length < length) chosen.push(characters[byte % characters.length] ?? '');
  }
  return chosen.join('');
}
