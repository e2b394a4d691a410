import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../../..');
const data = path.resolve(repository, '../shared/data/retrieval_cranfield');
const present = existsSync(path.join(data, 'qrels.tsv'));
if (!present) console.warn('Retrieval quality is not measured here: ../shared/data/retrieval_cranfield is absent.');

describe.skipIf(!present)('retrieval on the Cranfield collection', () => {
  it('stays well above plain full-text search on queries that were not used to tune it', async () => {
    const bench = path.join(repository, 'packages/knowledge/bench/cranfield.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', bench, data]);
    const heldOut = /odd ids \(held out\)\s+([\d.]+)\s+([\d.]+)/.exec(stdout);
    expect(Number(heldOut?.[1])).toBeGreaterThan(0.39);
    expect(Number(heldOut?.[2])).toBeGreaterThan(0.76);
  }, 120_000);
});
