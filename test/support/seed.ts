/** The seed of random faults: from COMPANION_SEED, so that a failure can be replayed, else new. Printed by whoever uses it. */
export function seedOf(): number {
  const given = process.env.COMPANION_SEED;
  return given === undefined ? Date.now() % 2 ** 31 : Number(given);
}

/** Numbers from 0 to 1 that only depend on the seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
