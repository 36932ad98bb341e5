/** How long something took or will take, for people: "64 ms", "5 s", "2 min 10 s", "3 h 5 min", "12 days". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0 || !Number.isFinite(milliseconds)) return '–';
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9_950) return `${trimZero((milliseconds / 1000).toFixed(1))} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return pair(hours, 'h', minutes % 60, 'min');
  return `${Math.floor(hours / 24)} days`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function trimZero(number: string): string {
  return number.replace(/\.0$/, '');
}
