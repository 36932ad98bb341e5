import type { ServerLogLine } from '../../../contract/server.ts';
import { Sequence } from './sequence.ts';

export type LogLevel = ServerLogLine['level'];
export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

const ranks: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * The lines of a log that somebody looks at: the newest so many, which of them have the wanted level, and which of those hold the
 * searched words. Each line has a number that never changes. Adding costs the same however many lines there are.
 */
export class LogModel {
  readonly #capacity: number;
  readonly #ring: (ServerLogLine | undefined)[] = [];
  #first = 0;
  #next = 0;
  #shown = new Sequence();
  #matches = new Sequence();
  #level: LogLevel = 'debug';
  #query = '';
  #version = 0;
  readonly #listeners = new Set<() => void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Changes with every change, for whoever shows it. */
  get version(): number {
    return this.#version;
  }

  /** Lines that there were and that are no longer kept. */
  get letGo(): number {
    return this.#first;
  }

  get kept(): number {
    return this.#next - this.#first;
  }

  /** Numbers of the lines with the wanted level. */
  get shown(): Pick<Sequence, 'length' | 'at' | 'indexFrom'> {
    return this.#shown;
  }

  /** Numbers of the shown lines that hold the searched words. None while nothing is searched for. */
  get matches(): Pick<Sequence, 'length' | 'at' | 'indexFrom'> {
    return this.#matches;
  }

  get query(): string {
    return this.#query;
  }

  /** Time of the newest line that has one. */
  get lastAt(): string | undefined {
    for (let number = this.#next - 1; number >= this.#first; number -= 1) {
      const at = this.line(number)?.at;
      if (at !== undefined) return at;
    }
    return undefined;
  }

  line(number: number): ServerLogLine | undefined {
    return number < this.#first ? undefined : this.#ring[number % this.#capacity];
  }

  append(lines: readonly ServerLogLine[]): void {
    if (lines.length === 0) return;
    for (const line of lines) {
      const number = this.#next;
      this.#ring[number % this.#capacity] = line;
      this.#next += 1;
      this.#sort(number, line);
    }
    if (this.kept > this.#capacity) {
      this.#first = this.#next - this.#capacity;
      this.#shown.dropBelow(this.#first);
      this.#matches.dropBelow(this.#first);
    }
    this.#changed();
  }

  /** Shows lines of this level and more serious ones. */
  setLevel(level: LogLevel): void {
    if (level === this.#level) return;
    this.#level = level;
    this.#sortAll();
  }

  /** Searches in the module and the message, upper and lower case alike. Nothing: no search. */
  setQuery(query: string): void {
    const wanted = query.toLowerCase();
    if (wanted === this.#query) return;
    this.#query = wanted;
    this.#sortAll();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #sort(number: number, line: ServerLogLine): void {
    if (ranks[line.level] < ranks[this.#level]) return;
    this.#shown.push(number);
    if (this.#query !== '' && holds(line, this.#query)) this.#matches.push(number);
  }

  #sortAll(): void {
    this.#shown = new Sequence();
    this.#matches = new Sequence();
    for (let number = this.#first; number < this.#next; number += 1) {
      const line = this.line(number);
      if (line !== undefined) this.#sort(number, line);
    }
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

function holds({ module, message }: ServerLogLine, query: string): boolean {
  return message.toLowerCase().includes(query) || (module?.toLowerCase().includes(query) ?? false);
}
