/** Where somebody gives a tag only. */
const usualRepository = 'ghcr.io/dgruhin-hrizn/aperture';

/** An image as it was typed: a tag alone is one of the usual repository. */
export function imageName(typed: string): string {
  const trimmed = typed.trim();
  return /^[\w.-]+$/.test(trimmed) ? `${usualRepository}:${trimmed}` : trimmed;
}
