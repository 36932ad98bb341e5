/** At most one call per interval: the first at once, the last one always. `flush` makes a pending call now. */
export function throttle(interval: number, call: () => void): { request(): void; flush(): void } {
  let lastCall = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    lastCall = performance.now();
    call();
  };
  return {
    request() {
      if (timer !== undefined) return;
      const wait = lastCall + interval - performance.now();
      if (wait <= 0) now();
      else timer = setTimeout(now, wait);
    },
    flush() {
      if (timer !== undefined) now();
    },
  };
}
