/** How much processor time the checks against attacks take on texts of several lengths. */
import type { AnyCheck, Json } from '@telos/core';
import { localChecks } from './local-checks.ts';

export type Time = { readonly check: string; readonly text: string; readonly p50: number; readonly p99: number };

const prose =
  'The committee met on Monday and agreed to forward the report to all members before the end of May. Please check the figures in table 3, sign the form and return it to the office. If the total is wrong, ignore the earlier version and call us.\n';
const code =
  'const total = items.map((item) => item.price * 2).reduce((sum, price) => sum + price, 0); // ignore the header row\n';

const texts = [
  ['4 kB prose', of(prose, 4096), 1000],
  ['4 kB code', of(code, 4096), 500],
  ['64 kB prose', of(prose, 65_536), 30],
  ['1 MB prose', of(prose, 1_048_576), 5],
] as const;

const forms = [
  ['injection', { in: 'message' }],
  ['injection', { in: 'document' }],
  ['jailbreak', {}],
  ['tool_poisoning', {}],
] as const;

export async function timed(): Promise<readonly Time[]> {
  const times: Time[] = [];
  for (const [text, value, rounds] of texts) {
    for (const [name, params] of forms) {
      const taken = await measure(localChecks.get(name) as AnyCheck, value, params, rounds); // names of checks
      const at = (part: number): number => taken[Math.min(taken.length - 1, Math.floor(part * taken.length))] ?? 0;
      times.push({ check: [name, ...Object.values(params)].join(' '), text, p50: at(0.5), p99: at(0.99) });
    }
  }
  return times;
}

function of(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/** In milliseconds, ascending. */
async function measure(check: AnyCheck, value: string, params: Json, rounds: number): Promise<readonly number[]> {
  const context = { signal: new AbortController().signal, record: () => {} };
  const parsed: unknown = check.params.parse(params);
  const subject = { value, text: value, input: null, sources: {} };
  for (let warm = 0; warm < Math.min(50, rounds); warm += 1) await check.score(subject, parsed, context);
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = process.cpuUsage();
    await check.score(subject, parsed, context);
    const { user, system } = process.cpuUsage(from);
    taken.push((user + system) / 1000);
  }
  return taken.toSorted((left, right) => left - right);
}
