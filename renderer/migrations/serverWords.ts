/** What PostgreSQL said of a failure, in its parts: message, DETAIL, HINT, CONTEXT. What stands before them is the place. */
export function serverWords(detail: string | undefined): { part: string; said: string }[] {
  const parts: { part: string; said: string }[] = [];
  for (const line of (detail ?? '').split('\n')) {
    const [, part, said] = /^(ERROR|FATAL|PANIC|DETAIL|HINT|CONTEXT): (.*)$/.exec(line) ?? [];
    const last = parts.at(-1);
    if (part !== undefined && said !== undefined) parts.push({ part, said });
    else if (last !== undefined) last.said += `\n${line}`;
  }
  return parts;
}
