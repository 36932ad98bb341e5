import { type TextKey, text } from '../copy/text.ts';
import type { Values } from '../problem.ts';
import type { Mistake, MistakeCode } from './parsed.ts';

type Edit = { start: number; end: number; replacement: string };

/** Collects mistakes while a text is read, and the edits that would repair them. */
export class Findings {
  readonly #source: string;
  readonly #found: { mistake: Mistake; edit: Edit | undefined }[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** `replacement` for the text between `start` and `end`, where the repair is known. Values hold no part of a password. */
  add(
    severity: Mistake['severity'],
    code: MistakeCode,
    start: number,
    end: number,
    values: Values = {},
    replacement?: string,
  ): void {
    const statement = text(`connecting.string.${code}` as TextKey, values);
    this.#found.push({
      mistake: { start, end, code, severity, text: statement },
      edit: replacement === undefined ? undefined : { start, end, replacement },
    });
  }

  get failed(): boolean {
    return this.#found.some(({ mistake }) => mistake.severity === 'error');
  }

  /** In the order of the text. Every mistake with an edit carries the text with all edits made. */
  mistakes(): Mistake[] {
    const edits = this.#found.flatMap(({ edit }) => (edit === undefined ? [] : [edit]));
    const repair = applyEdits(this.#source, edits);
    return this.#found
      .map(({ mistake, edit }) => (edit === undefined ? mistake : { ...mistake, repair }))
      .sort((a, b) => a.start - b.start);
  }
}

function applyEdits(source: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < at) continue;
    result += source.slice(at, edit.start) + edit.replacement;
    at = edit.end;
  }
  return result + source.slice(at);
}
