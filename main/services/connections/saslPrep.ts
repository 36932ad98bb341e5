/** RFC 3454 tables C.1.2 (spaces other than U+0020) and B.1 (mapped to nothing). */
const otherSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
const nothing = /\u00ad|\u034f|\u1806|\u180b|\u180c|\u180d|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;

/**
 * Whether PostgreSQL, libpq and this app's driver change the password before they use it (SASLprep, RFC 4013): "ﬁ" becomes "fi". The
 * Aperture server's driver (pg 8.16) does not, and is refused with such a password.
 */
export function changedBySaslPrep(password: string): boolean {
  return password.replace(otherSpaces, ' ').replace(nothing, '').normalize('NFKC') !== password;
}
