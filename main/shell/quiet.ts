/** Tells when something that comes in bursts has been quiet for so many milliseconds after it first happened. */
export function createQuiet(milliseconds: number): { disturb(): void; reached: Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return {
    disturb() {
      clearTimeout(timer);
      timer = setTimeout(reach, milliseconds);
    },
    reached,
  };
}
