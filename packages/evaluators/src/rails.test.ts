import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../../..');
const data = path.resolve(repository, '../shared/data');
const present = ['pii_synth', 'secrets_tokens'].every((set) => existsSync(path.join(data, set, 'data.jsonl')));
if (!present) console.warn('The rails are not measured here: ../shared/data/pii_synth and secrets_tokens are absent.');

describe.skipIf(!present)('rails on the half of the labelled rows that was held out', () => {
  let printed = '';
  beforeAll(async () => {
    const bench = path.join(repository, 'packages/evaluators/bench/rails.ts');
    printed = (await promisify(execFile)(process.execPath, ['--conditions=source', bench, data])).stdout;
  }, 60_000);

  /** The last figures of the line that begins like this. */
  const figures = (line: RegExp): readonly number[] =>
    new RegExp(`^${line.source}.*$`, 'm')
      .exec(printed)?.[0]
      .match(/\d\.\d{3}/g)
      ?.map(Number) ?? [];

  it('find addresses and numbers to the character', () => {
    expect(figures(/all but PERSON +held out/).at(2)).toBeGreaterThan(0.975);
    for (const type of ['EMAIL_ADDRESS', 'IBAN_CODE', 'IP_ADDRESS', 'CRYPTO', 'US_SSN', 'UK_NINO']) {
      expect(figures(new RegExp(`${type} +held out`)).at(2), type).toBeGreaterThan(0.98);
    }
    expect(figures(/PHONE_NUMBER +held out/).at(2)).toBeGreaterThan(0.94);
  });

  it("find people's names", () => {
    expect(figures(/PERSON +held out/).at(2)).toBeGreaterThan(0.91);
  });

  it('find secrets, leave nothing of them, and call nothing else one', () => {
    const [precision, recall, hidden] = figures(/held out +\d+ /);
    expect(precision).toBeGreaterThan(0.99);
    expect(recall).toBeGreaterThan(0.96);
    expect(hidden).toBeGreaterThan(0.96);
  });
});
