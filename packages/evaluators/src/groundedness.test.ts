import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../../..');
const data = path.resolve(repository, '../shared/data');
const files = ['groundedness_facts', 'groundedness_news'].map((set) => path.join(data, set, 'data.jsonl'));
const present = files.every((file) => existsSync(file));
if (!present) console.warn('Faithfulness is not measured here: ../shared/data/groundedness_* is absent.');

describe.skipIf(!present)('faithfulness on labelled claims', () => {
  it('tells altered news from kept news, and is better than chance on claims worded anew', async () => {
    const bench = path.join(repository, 'packages/evaluators/bench/groundedness.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', bench, ...files]);
    const heldOut = (set: string): number =>
      Number(new RegExp(`${set}\\s+held out\\s+\\d+\\s+[\\d.]+\\s+[\\d.]+\\s+([\\d.]+)`).exec(stdout)?.[1]);
    expect(heldOut('groundedness_news')).toBeGreaterThan(0.93);
    expect(heldOut('groundedness_facts')).toBeGreaterThan(0.59);
  }, 60_000);
});
