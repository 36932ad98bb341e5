/**
 * The text of a file that came from anywhere: UTF-8 or UTF-16 by its byte order mark or its zero bytes, else what is not UTF-8 is read
 * as Windows-1252, in which every byte is a character. Line ends become `\n`.
 */
export function fileText(bytes: Uint8Array): { text: string; guessed: boolean } {
  const { encoding, guessed } = encodingOf(bytes);
  return { text: normalized(new TextDecoder(encoding).decode(bytes)), guessed };
}

export function normalized(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}

function encodingOf(bytes: Uint8Array): { encoding: string; guessed: boolean } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', guessed: false };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', guessed: false };
  // Configuration is mostly ASCII, whose every second byte is zero in UTF-16 (PowerShell's > writes it).
  const start = bytes.subarray(0, 64);
  const zeros = (offset: number) => start.filter((byte, index) => index % 2 === offset && byte === 0).length;
  if (start.length >= 4 && zeros(1) > start.length / 4) return { encoding: 'utf-16le', guessed: true };
  if (start.length >= 4 && zeros(0) > start.length / 4) return { encoding: 'utf-16be', guessed: true };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { encoding: 'utf-8', guessed: false };
  } catch {
    return { encoding: 'windows-1252', guessed: true };
  }
}
