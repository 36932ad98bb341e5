/** Actions whose name or hint holds every word of the query, those whose name starts with it first. */
export function matchActions<Action extends { name: string; hint?: string }>(
  actions: readonly Action[],
  query: string,
): Action[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = wanted.join(' ');
  return actions
    .filter((action) => {
      const text = `${action.name} ${action.hint ?? ''}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .sort((a, b) => Number(b.name.toLowerCase().startsWith(whole)) - Number(a.name.toLowerCase().startsWith(whole)));
}
