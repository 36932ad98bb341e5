/** What Compose makes of `$…` in a value. Variables that are not set anywhere count as empty and are named. */
export type Interpolated = { value: string; unset: string[] };

const name = /^[A-Za-z_][A-Za-z0-9_]*/;

/**
 * Compose's interpolation: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`, `${NAME:+instead}`, nested
 * ones, and `$$` for a dollar sign. Only the given variables take part, never this process's environment.
 * https://docs.docker.com/reference/compose-file/interpolation/
 */
export function interpolate(text: string, variables: Readonly<Record<string, string>>, depth = 0): Interpolated {
  const unset: string[] = [];
  let value = '';
  let at = 0;
  const lookUp = (variable: string) => (Object.hasOwn(variables, variable) ? variables[variable] : undefined);
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    value += text.slice(at, dollar);
    at = dollar + 1;
    if (text[at] === '$') {
      value += '$';
      at++;
      continue;
    }
    const plain = name.exec(text.slice(at))?.[0];
    if (plain !== undefined) {
      const found = lookUp(plain);
      if (found === undefined) unset.push(plain);
      value += found ?? '';
      at += plain.length;
      continue;
    }
    const end = text[at] === '{' && depth < 10 ? closing(text, at) : -1;
    const inner = end < 0 ? '' : text.slice(at + 1, end);
    const variable = name.exec(inner)?.[0];
    if (variable === undefined) {
      value += '$';
      continue;
    }
    at = end + 1;
    const found = lookUp(variable);
    const [, colon, operator, rest] = /^(:?)([-+?])([\s\S]*)$/.exec(inner.slice(variable.length)) ?? [];
    const present = found !== undefined && !(colon === ':' && found === '');
    if (operator === '-' ? !present : operator === '+' && present) {
      const other = interpolate(rest ?? '', variables, depth + 1);
      value += other.value;
      unset.push(...other.unset);
    } else if (operator !== '+') {
      if (!present) unset.push(variable);
      value += found ?? '';
    }
  }
  return { value: value + text.slice(at), unset };
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}') {
      depth--;
      if (depth === 0) return at;
    }
  }
  return -1;
}
