/**
 * Progress for people: what is being set up, how long it took, and what this machine cannot offer.
 *
 * @typedef {object} Skip
 * @property {string} name what was left out
 * @property {string} why what was found instead
 * @property {string} howToGet what would make it available
 *
 * @typedef {object} Report
 * @property {(name: string) => void} step starts a step; the step before it ends here and its time is printed
 * @property {(text: string) => void} line one line of detail under the current step
 * @property {(name: string, why: string, howToGet: string) => void} skip notes something this machine cannot offer
 * @property {() => void} end ends the current step
 * @property {Skip[]} skipped everything that was skipped so far
 */

/** @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
}

/**
 * @param {{ write: (text: string) => unknown }} stream standard error where standard output belongs to somebody else
 * @returns {Report}
 */
export function createReport(stream = process.stdout) {
  /** @type {{ name: string, startedAt: number } | undefined} */
  let current;
  /** @type {Skip[]} */
  const skipped = [];

  const print = (text) => stream.write(`${text}\n`);
  const end = () => {
    if (!current) return;
    print(`  ${current.name}: ${duration(performance.now() - current.startedAt)}`);
    current = undefined;
  };

  return {
    skipped,
    end,
    step(name) {
      end();
      current = { name, startedAt: performance.now() };
      print(`• ${name}`);
    },
    line(text) {
      print(`  ${text}`);
    },
    skip(name, why, howToGet) {
      skipped.push({ name, why, howToGet });
      print(`  skipped: ${name}: ${why}. To have it: ${howToGet}`);
    },
  };
}
