import { ProblemError } from '../../problems/ProblemError.ts';

/**
 * A line of `.env` that Compose v2 (compose-go), Compose v1 (python-dotenv) and people read alike. They differ in what quotes and
 * backslashes mean, so a form is chosen in which they don't. Raises `invalid-input` for a value that has none.
 *
 * - Single quotes: literal to both, but v1 fills in `${…}` and unescapes `\\` and `\'`.
 * - Double quotes: v2 fills in `$`, both unescape backslashes.
 * - None: both cut at ` #`, and v2 fills in `$`.
 */
export function environmentLine(name: string, value: string): string {
  return `${name}=${written(name, value)}`;
}

function written(name: string, value: string): string {
  const refuse = () => new ProblemError('invalid-input', { field: name, name });
  if (/[\0\r\n]/.test(value)) throw refuse();
  if (!/['\\]/.test(value) && !value.includes('${')) return `'${value}'`;
  if (!/["\\$]/.test(value)) return `"${value}"`;
  // A backslash is only itself where nothing around it is read as a quote, a variable or a comment.
  if (/^[^\s'"#$`]+$/.test(value)) return value;
  throw refuse();
}

/** The lines of the file that set this variable, whatever else is in them. */
const assignment = (name: string) => new RegExp(`^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=)(.*)$`, 'gm');

/** The value's own text, without what follows it. Undefined for a value that goes on in the next line. */
function endOfValue(rest: string): number | undefined {
  const value = rest.trimStart();
  const before = rest.length - value.length;
  const quote = value[0];
  if (quote !== "'" && quote !== '"') {
    const comment = /\s+#/.exec(value);
    return before + value.slice(0, comment?.index).trimEnd().length;
  }
  for (let at = 1; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1;
    else if (value[at] === quote) return before + at + 1;
  }
  return undefined;
}

/**
 * Sets variables in a `.env` that somebody may have edited: the last line that sets one is changed (the one that counts), and only
 * its value; a missing one is added at the end. Undefined when a value goes over several lines.
 */
export function changeEnvironment(text: string, values: Readonly<Record<string, string>>): string | undefined {
  let changed = text;
  const lineBreak = /\r\n/.test(text) ? '\r\n' : '\n';
  for (const [name, value] of Object.entries(values)) {
    const last = [...changed.matchAll(assignment(name))].at(-1);
    if (last === undefined) {
      const separator = changed === '' || changed.endsWith('\n') ? '' : lineBreak;
      changed += `${separator}${environmentLine(name, value)}${lineBreak}`;
      continue;
    }
    const [whole, head = '', rest = ''] = last;
    const bare = rest.replace(/\r$/, '');
    const end = endOfValue(bare);
    if (end === undefined) return undefined;
    const at = last.index;
    changed = `${changed.slice(0, at)}${head}${written(name, value)}${bare.slice(end)}${rest.slice(bare.length)}${changed.slice(at + whole.length)}`;
  }
  return changed;
}

/** The file with every value hidden: what may be shown. */
export function maskEnvironment(text: string): string {
  return text.replace(/^([ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=).*$/gm, '$1***');
}
