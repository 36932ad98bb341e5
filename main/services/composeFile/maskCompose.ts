/**
 * A compose file, or a diff of one, with what is written out of secrets in it hidden: passwords in addresses, and values of what is
 * called one. A value that only names a variable stays.
 */
export function maskCompose(content: string): string {
  return content
    .replace(/(:\/\/[^\s:/@'"]*:)(?!\$\{)[^\s'"]+@/g, '$1***@')
    .replace(
      /^([-+]?\s*(?:- *)?['"]?[\w.-]*(?:SECRET|PASSWORD|TOKEN|_KEY)['"]?\s*[:=]\s*)(?!['"]?\$)(\S.*)$/gim,
      '$1***',
    );
}
