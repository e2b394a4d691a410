/**
 * Measures the checks that look for data, on labelled rows and on time.
 *
 *   node --conditions=source packages/evaluators/bench/rails.ts <folder with pii_synth and secrets_tokens> [--times]
 *
 * pii_synth: spans, exact to the character; rows of odd templates were used to
 * write the patterns, those of even ones were not. secrets_tokens: rows; kinds
 * whose name hashes to an even byte were used, the others were not. `hidden` is
 * the part of the secrets that redaction leaves nothing of.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { surestFindings } from '../src/findings/finding.ts';
import type { Finding } from '../src/findings/finding.ts';
import { redact } from '../src/findings/redact.ts';
import { loadFindPii } from '../src/pii/find-pii.ts';
import { defaultPiiTypes } from '../src/pii/pii-types.ts';
import { findSecrets } from '../src/secrets/find-secrets.ts';
import { structured } from './entries.ts';

const types = new Set([...defaultPiiTypes, 'PERSON']);

const [folder] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (folder === undefined) throw new Error('Name the folder that holds pii_synth and secrets_tokens.');
await measurePii(path.join(folder, 'pii_synth/data.jsonl'));
await measureSecrets(path.join(folder, 'secrets_tokens/data.jsonl'));
if (process.argv.includes('--times')) await measureTimes();

async function rowsOf<T>(file: string, row: z.ZodType<T>): Promise<readonly T[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.map((line) => row.parse(JSON.parse(line)));
}

async function measurePii(file: string): Promise<void> {
  const Span = z.object({ type: z.string(), start: z.number(), end: z.number() });
  const Row = z.object({ text: z.string(), template: z.union([z.string(), z.number()]), spans: z.array(Span) });
  const rows = await rowsOf(file, Row);
  const find = await loadFindPii({ types });
  console.log('spans                half       right  wrong  missed  precision  recall     F1');
  for (const half of ['chosen on', 'held out'] as const) {
    const counts = new Map<string, [right: number, wrong: number, missed: number]>();
    const count = (type: string, place: 0 | 1 | 2): void => {
      const of = counts.get(type) ?? [0, 0, 0];
      of[place] += 1;
      counts.set(type, of);
    };
    for (const { text, template, spans } of rows) {
      const isOdd = Number(String(template).replace('none-', '')) % 2 === 1;
      if (isOdd !== (half === 'chosen on')) continue;
      const found = surestFindings(find(text, '').filter(({ confidence }) => confidence >= 0.5));
      const isIn = (span: z.infer<typeof Span>, others: readonly z.infer<typeof Span>[]): boolean =>
        others.some(({ type, start, end }) => type === span.type && start === span.start && end === span.end);
      for (const finding of found) count(finding.type, isIn(finding, spans) ? 0 : 1);
      for (const span of spans) if (!isIn(span, found)) count(span.type, 2);
    }
    // Numbers of other countries that were found are wrong here: no row holds one. The rows call a date of birth a date.
    const others = [...counts.keys()].filter((type) => defaultPiiTypes.includes(type) && type !== 'DATE_OF_BIRTH');
    for (const type of [...structured, 'PERSON']) print(type, half, counts.get(type) ?? [0, 0, 0]);
    print('all but PERSON', half, sumOf(others.map((type) => counts.get(type) ?? [0, 0, 0])));
  }
}

function sumOf(counts: readonly (readonly [number, number, number])[]): readonly [number, number, number] {
  return counts.reduce<readonly [number, number, number]>(
    (sum, of) => [sum[0] + of[0], sum[1] + of[1], sum[2] + of[2]],
    [0, 0, 0],
  );
}

function print(name: string, half: string, [right, wrong, missed]: readonly [number, number, number]): void {
  const [precision, recall, f1] = [
    right / (right + wrong),
    right / (right + missed),
    (2 * right) / (2 * right + wrong + missed),
  ];
  const figures = [precision, recall, f1].map((figure) => (Number.isNaN(figure) ? '–' : figure.toFixed(3)).padStart(9));
  const counted = [right, wrong, missed].map((count) => String(count).padStart(6));
  console.log(`${name.padEnd(19)}  ${half.padEnd(9)} ${counted.join(' ')}  ${figures.join(' ')}`);
}

async function measureSecrets(file: string): Promise<void> {
  const Row = z.object({
    kind: z.string(),
    label: z.union([z.literal(0), z.literal(1)]),
    text_b64: z.string(),
    secret_b64: z.string().nullable(),
  });
  const rows = await rowsOf(file, Row);
  const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
  console.log('\nsecrets    rows  precision  recall  hidden');
  for (const [half, parity] of [
    ['chosen on', 0],
    ['held out', 1],
  ] as const) {
    const judged = rows
      .filter(({ kind }) => (createHash('sha256').update(kind).digest()[0] ?? 0) % 2 === parity)
      .map(({ label, text_b64: text64, secret_b64: secret64 }) => {
        const text = decoded(text64);
        const findings = findSecrets(text, '').filter(({ confidence }) => confidence >= 0.5);
        const isHidden = secret64 !== null && !redact(text, findings).text.includes(decoded(secret64));
        return { label, isFound: findings.length > 0, isHidden };
      });
    const right = judged.filter(({ label, isFound }) => label === 1 && isFound).length;
    const all = judged.filter(({ label }) => label === 1).length;
    const precision = right / judged.filter(({ isFound }) => isFound).length;
    const hidden = judged.filter(({ isHidden }) => isHidden).length / all;
    console.log(
      `${half}  ${String(judged.length).padStart(4)}  ${precision.toFixed(3).padStart(9)}  ${(right / all).toFixed(3)}   ${hidden.toFixed(3)}`,
    );
  }
}

/** Processor time, on ordinary prose, code and logs with something to find in every paragraph. */
async function measureTimes(): Promise<void> {
  const find = await loadFindPii({ types });
  const paragraph =
    'Dear Anna Berg, your order 4471-22 of 12 March 2024 is on its way to 45 Cedar Lane. Call +44 20 7946 0958 or write to help@acme.example. ' +
    'const total = items.reduce((sum, { price }) => sum + price, 0); // see https://acme.example/docs?id=42#top\n' +
    '2026-04-02T08:15:11Z WARN retry=3 addr=203.0.113.7 user=anna@acme.example password=<PASSWORD_1> "took 17 ms"\n';
  const work: readonly (readonly [string, (text: string) => readonly Finding[]])[] = [
    ['pii with names', (text) => find(text, '')],
    ['secrets', (text) => findSecrets(text, '')],
  ];
  console.log('\ntime             4 kB p50  4 kB p99    64 kB     1 MB');
  for (const [name, run] of work) {
    const times = (size: number, count: number): readonly number[] => {
      const text = paragraph.repeat(Math.ceil(size / paragraph.length)).slice(0, size);
      for (let warm = 0; warm < Math.min(count, 50); warm += 1) run(text);
      return Array.from({ length: count }, () => {
        const before = process.cpuUsage();
        run(text);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      }).sort((left, right) => left - right);
    };
    const small = times(4096, 2000);
    const at = (sorted: readonly number[], part: number): string =>
      `${(sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2)} ms`.padStart(9);
    console.log(
      `${name.padEnd(15)} ${at(small, 0.5)} ${at(small, 0.99)} ${at(times(65_536, 20), 0.5)} ${at(times(1_048_576, 5), 0.5)}`,
    );
  }
}
