/**
 * Prints the table of docs/evaluators.md: how each check does on rows that were
 * not used to make it.
 *
 *   node --conditions=source packages/evaluators/bench/table.ts <folder of sets> [check ...]
 *
 * Rows that are much alike stay together: a row belongs to a half by the hash
 * of the field that `entries.ts` names for its set.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { calibrate, orientationOf, readLabelled } from '../src/calibration/index.ts';
import type { FigureName } from '../src/calibration/index.ts';
import { entries } from './entries.ts';
import { localChecks } from './local-checks.ts';

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder that holds the sets.');
const linesOf = (set: string): readonly string[] =>
  readFileSync(path.join(folder, set, 'data.jsonl'), 'utf8')
    .trim()
    .split('\n');

console.log('| check | set | rows | figures (95 % interval) | ms a row, p50 |');
console.log('|---|---|---|---|---|');
for (const entry of entries.filter(({ check }) => names.length === 0 || names.includes(check))) {
  const check = localChecks.get(entry.check);
  if (check === undefined) throw new Error(`There is no check ${entry.check}.`);
  const { held, params } = entry.prepare(linesOf(entry.set), linesOf);
  const orientation = orientationOf(check);
  const cases = readLabelled([{ name: entry.set, lines: held }], { orientation, ...entry.labels });
  const calibration = await calibrate(cases, {
    check,
    params,
    orientation,
    ...(entry.types === undefined ? {} : { types: new Set(entry.types) }),
    signal: new AbortController().signal,
    now: () => performance.now(),
  });
  const shown = entry.figures.map((name: FigureName) => {
    const interval = calibration.intervals[name]?.map((bound) => bound.toFixed(3)).join('–') ?? '';
    return `${name} ${calibration[name]?.toFixed(3) ?? '-'} (${interval})`;
  });
  console.log(
    `| \`${entry.check}\` | ${entry.set}${entry.part === undefined ? '' : `, ${entry.part}`} | ${calibration.n} | ${shown.join(', ')} | ${calibration.ms_per_row_p50.toFixed(2)} |`,
  );
  if (calibration.errors > 0) console.log(`${calibration.errors} errors: ${calibration.error_reasons.join(' ')}`);
}
