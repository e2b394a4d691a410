/** I: parse and compile a file of 2,000 steps; evaluate conditions. */
import { chainSource, compileChain, linkedChain, testConditions } from '@telos/language/measure';
import { percentile, report, round } from '../report.ts';

const source = chainSource(2000);
const first = timed(() => compileChain(source));
const times = Array.from({ length: 9 }, () => timed(() => compileChain(source)));
const { linked, scope } = linkedChain();
testConditions(linked, scope, 100_000);
const ms = timed(() => testConditions(linked, scope, 1_000_000));
report('I', {
  steps: 2000,
  first_compile_ms: round(first),
  compile_ms: round(percentile(times, 0.5)),
  conditions_per_s: Math.round(1_000_000 / (ms / 1000)),
});

function timed(act: () => unknown): number {
  const from = performance.now();
  act();
  return performance.now() - from;
}
