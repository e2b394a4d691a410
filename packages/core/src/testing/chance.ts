/** Repeatable chance: every draw follows from a seed. */

/** Draws integers in [0, n); xorshift (G. Marsaglia, "Xorshift RNGs", 2003). */
export function drawsFrom(seed: number): (n: number) => number {
  let word = Math.imul(seed, 0x9e3779b1) || 1;
  return (n) => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return (word >>> 0) % n;
  };
}

/** Answers a question with a number in [0, 1): the same question always gets the same answer. */
export function answersFrom(seed: number): (question: string) => number {
  return (question) => {
    let hash = seed | 0;
    for (const character of question) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
  };
}
