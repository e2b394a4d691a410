/**
 * Measures how long the local rails take: on ordinary text of three lengths, and
 * on texts that are made to make a pattern slow.
 *
 *   node --conditions=source packages/evaluators/bench/rail-times.ts [check ...] [--fuzz[=mixtures]]
 *
 * In milliseconds of processor time. `growth`: how many times longer 1 MB takes
 * than 64 kB; 16 is linear. With --fuzz: the slowest of a thousand hostile
 * texts of 64 kB, and the largest growth from 16 kB to 64 kB; 4 is linear.
 */
import type { AnyCheck } from '@telos/core';
import { hostileUnits, repeated } from './hostile-texts.ts';
import { localChecks } from './local-checks.ts';

const forms: readonly (readonly [name: string, params: { readonly [name: string]: unknown }])[] = [
  ['injection', { in: 'message' }],
  ['injection', { in: 'document' }],
  ['jailbreak', {}],
  ['tool_poisoning', {}],
  ['pii', { names: true }],
  ['secrets', {}],
  ['hidden_text', { clean: true }],
  ['exfiltration', {}],
  ['topic', { deny: [{ name: 'prices', examples: ['what does it cost', 'how much is it'] }] }],
  ['language', { allow: ['en'] }],
  ['profanity', {}],
  ['size', { max_tokens: 100_000 }],
  ['allow_list', { hosts: ['acme.example'] }],
  ['json_schema', { schema: { type: 'object' }, parse: true }],
];

const paragraph =
  'Dear Anna Berg, your order 4471-22 of 12 March 2024 is on its way to 45 Cedar Lane. Call +44 20 7946 0958 or write to help@acme.example. ' +
  'The committee agreed to forward the report to all members; if the total is wrong, ignore the earlier version and call us.\n' +
  'const total = items.reduce((sum, { price }) => sum + price, 0); // see https://acme.example/docs?id=42#top\n' +
  '2026-04-02T08:15:11Z WARN retry=3 addr=203.0.113.7 user=anna@acme.example "took 17 ms"\n';

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const fuzzing = process.argv.find((word) => word.startsWith('--fuzz'));
const mixtures = Number(fuzzing?.split('=')[1] ?? 1000);
const chosen = forms.filter(([name]) => wanted.length === 0 || wanted.includes(name));
console.log(fuzzing === undefined ? '4 kB p50, p99; 64 kB; 1 MB; growth' : 'slowest at 64 kB, and growth from 16 kB');
for (const [name, params] of chosen) {
  const title = [name, ...Object.values(params).filter((value) => typeof value === 'string')].join(' ').padEnd(20);
  console.log(`${title} ${await (fuzzing === undefined ? measure(name, params) : fuzz(name, params))}`);
}

async function measure(name: string, params: unknown): Promise<string> {
  const small = await times(name, params, repeated(paragraph, 4096), 1000);
  const middle = median(await times(name, params, repeated(paragraph, 65_536), 20));
  const large = median(await times(name, params, repeated(paragraph, 1_048_576), 5));
  const shown = [small[500], small[990], middle, large].map((ms = 0) => `${ms.toFixed(2)} ms`.padStart(11));
  return `${shown.join(' ')} ${(large / middle).toFixed(1).padStart(6)}`;
}

async function fuzz(name: string, params: unknown): Promise<string> {
  let slowest = { ms: 0, unit: '' };
  let steepest = { growth: 0, unit: '' };
  const units = hostileUnits(mixtures);
  for (const unit of units) {
    const [ms = 0] = await times(name, params, repeated(unit, 65_536), 1, 0);
    if (ms > slowest.ms) slowest = { ms, unit };
    // What takes a moment says nothing of growth.
    if (ms < 10) continue;
    const small = median(await times(name, params, repeated(unit, 16_384), 3, 1));
    const growth = median(await times(name, params, repeated(unit, 65_536), 3, 0)) / small;
    if (growth > steepest.growth) steepest = { growth, unit };
  }
  const said = (unit: string): string => JSON.stringify(unit).slice(0, 40);
  return `${slowest.ms.toFixed(0)} ms ${said(slowest.unit)}; ${steepest.growth.toFixed(1)} ${said(steepest.unit)} (${units.length} texts)`;
}

/** Ascending. */
async function times(name: string, params: unknown, text: string, count: number, warm = Math.min(count, 50)) {
  const check = localChecks.get(name) as AnyCheck; // one of the names above
  const parsed: unknown = check.params.parse(params);
  const subject = { value: text, text, input: null, sources: {} };
  const context = { signal: new AbortController().signal, record: () => {} };
  for (let round = 0; round < warm; round += 1) await check.score(subject, parsed, context);
  const taken: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const from = process.cpuUsage();
    await check.score(subject, parsed, context);
    const { user, system } = process.cpuUsage(from);
    taken.push((user + system) / 1000);
  }
  return taken.toSorted((left, right) => left - right);
}

function median(ascending: readonly number[]): number {
  return ascending[Math.floor(ascending.length / 2)] ?? 0;
}
