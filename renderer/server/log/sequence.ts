/** Rising numbers that are added at the end and let go at the beginning, each in constant time. */
export class Sequence {
  #numbers: number[] = [];
  #head = 0;

  get length(): number {
    return this.#numbers.length - this.#head;
  }

  at(index: number): number | undefined {
    return index < 0 ? undefined : this.#numbers[this.#head + index];
  }

  push(number: number): void {
    this.#numbers.push(number);
  }

  /** Lets go of all below `limit`. */
  dropBelow(limit: number): void {
    while (this.#head < this.#numbers.length && (this.#numbers[this.#head] ?? limit) < limit) this.#head += 1;
    // Room is given back in one go, so that dropping stays cheap.
    if (this.#head > 4096 && this.#head > this.#numbers.length / 2) {
      this.#numbers = this.#numbers.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Index of the first number that is not below `wanted`; `length` when all are. */
  indexFrom(wanted: number): number {
    let low = this.#head;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low - this.#head;
  }
}
