/**
 * Measures `injection`, `jailbreak` and `tool_poisoning` on labelled rows.
 *
 *   node --conditions=source packages/evaluators/bench/injection.ts <folder of sets> [--times]
 *
 * Held-out halves alone: training/injection/shared-sets.ts says which they are.
 * `found` and `mistaken` are at the checks' own threshold; `length` is the rank
 * correlation of risk and length within attacks and within the harmless, and
 * `same length` the part of pairs of like length in which the attack scores
 * higher. With --times, how long a text takes.
 */
import { measured } from './injection-figures.ts';
import { timed } from './injection-times.ts';

const [folder, flag] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder that holds the sets.');

const percent = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3)).padStart(6);
console.log('what                                       attacks harmless    area  at 1 %  at 3 %   found mistaken  length (attacks, harmless)  same length');
for (const row of await measured(folder)) {
  const { name, attacks, harmless, area, recallAt1, recallAt3, found, mistaken, lengthOfAttacks, lengthOfHarmless, sameLength } = row;
  console.log(
    `${name.padEnd(42)} ${String(attacks).padStart(7)} ${String(harmless).padStart(8)}  ${percent(area)}  ${percent(recallAt1)}  ${percent(recallAt3)}  ${percent(found)}   ${percent(mistaken)}           ${percent(lengthOfAttacks)}   ${percent(lengthOfHarmless)}       ${percent(sameLength)}`,
  );
}
if (flag === '--times') {
  console.log('\ncheck              text        p50 ms   p99 ms');
  for (const { check, text, p50, p99 } of await timed()) {
    console.log(`${check.padEnd(18)} ${text.padEnd(10)} ${p50.toFixed(2).padStart(7)}  ${p99.toFixed(2).padStart(7)}`);
  }
}
