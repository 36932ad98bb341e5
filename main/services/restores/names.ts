/** PostgreSQL keeps 63 bytes of a name and cuts the rest off without a word. */
const longestName = 63;

/** `aperture_companion_1a2b3c4d`: beside whom it is, and that the app made it, for whoever looks at the list of databases. */
export function sideName(database: string, random: string): string {
  const ending = `_companion_${random}`;
  return cut(database, longestName - ending.length) + ending;
}

/** Whether the app may have given this name to a database beside this one. */
export function isSideName(name: string, database: string): boolean {
  const random = /_companion_([0-9a-f]{8})$/.exec(name)?.[1];
  return random !== undefined && name === sideName(database, random);
}

/** At most so many bytes of UTF-8, whole characters. */
function cut(text: string, bytes: number): string {
  let kept = '';
  let length = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    kept += character;
  }
  return kept;
}
