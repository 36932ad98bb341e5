/**
 * One argument for the login shell that an SSH server hands a command to. Single quotes keep everything but the quote itself;
 * that and the backslash go into double quotes, because fish reads backslashes inside single quotes where POSIX shells do not.
 * A NUL cannot be part of an argument on any system and is refused.
 */
export function quoteArgument(argument: string): string {
  if (argument.includes('\0')) throw new TypeError('an argument cannot contain NUL');
  if (argument === '') return "''";
  return argument
    .split(/(['\\]+)/)
    .filter((part) => part !== '')
    .map((part) => (/^['\\]/.test(part) ? `"${part.replaceAll('\\', '\\\\')}"` : `'${part}'`))
    .join('');
}

/** A whole command for the login shell: every argument quoted, the first too, so that no alias or keyword can take its place. */
export function quoteCommand(argv: readonly string[]): string {
  if (argv.length === 0) throw new TypeError('a command needs at least its name');
  return argv.map(quoteArgument).join(' ');
}

/**
 * Environment as one line of shell that is sent through standard input, so that no secret is ever part of an argument.
 * `$nl` stands for a line break (see remoteCommand); names are checked, because they cannot be quoted.
 */
export function environmentLine(environment: Record<string, string>): string {
  const assignments = Object.entries(environment).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`not a name of an environment variable: ${name}`);
    return `${name}=${value.split('\n').map(quoteArgument).join('"$nl"')}`;
  });
  return assignments.length === 0 ? ':\n' : `export ${assignments.join(' ')}\n`;
}
