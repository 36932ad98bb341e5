/**
 * What to do when the page's process has gone: reload it at the same place, unless it went three times within a minute,
 * where reloading would only flicker and the user is asked instead.
 */
export function createCrashPolicy(now: () => number = Date.now): (reason: string) => 'reload' | 'ask' | 'nothing' {
  let crashes: number[] = [];
  return (reason) => {
    if (reason === 'clean-exit') return 'nothing';
    const at = now();
    crashes = [...crashes.filter((earlier) => at - earlier < 60_000), at];
    return crashes.length >= 3 ? 'ask' : 'reload';
  };
}
