import type { Mistake, Understood } from '../../contract/connectionString/parsed.ts';

/** A stretch of the pasted text, marked as what it was understood as or as wrong. */
export type Segment = { start: number; text: string; mark: 'plain' | 'understood' | 'warning' | 'error' };

/**
 * Cuts the text where marks begin and end. Where marks overlap the gravest wins; a mark of no length (something is missing there)
 * takes the character before it, so that it can be seen.
 */
export function segments(
  text: string,
  understood: readonly Pick<Understood, 'start' | 'end'>[],
  mistakes: readonly Pick<Mistake, 'start' | 'end' | 'severity'>[],
): Segment[] {
  const marks: Segment['mark'][] = new Array<Segment['mark']>(text.length).fill('plain');
  const paint = (start: number, end: number, mark: Segment['mark']) => {
    const from = Math.max(0, end > start ? start : start - 1);
    for (let at = from; at < Math.min(text.length, Math.max(end, from + 1)); at++) marks[at] = mark;
  };
  for (const part of understood) if (part.end > part.start) paint(part.start, part.end, 'understood');
  for (const severity of ['warning', 'error'] as const) {
    for (const mistake of mistakes) if (mistake.severity === severity) paint(mistake.start, mistake.end, severity);
  }
  const found: Segment[] = [];
  for (let at = 0; at < text.length; at++) {
    const mark = marks[at] ?? 'plain';
    const last = found.at(-1);
    if (last !== undefined && last.mark === mark) last.text += text[at];
    else found.push({ start: at, text: text[at] ?? '', mark });
  }
  return found;
}
