import { describe, expect, it } from 'vitest';
import type { RunId } from '../ids.ts';
import { createVaults, keptOnceBegun } from './run-vault.ts';

const run = 'run_1' as RunId;
const hidden = { '<EMAIL_1>': 'ada@example.org' };

describe('what the input rails of a run have hidden', () => {
  it('is kept once the run has begun', async () => {
    const vaults = createVaults();
    vaults.of(run).keep(hidden);
    expect(await keptOnceBegun(vaults, run, () => Promise.resolve({ existing: false, run }))).toMatchObject({ run });
    expect(vaults.of(run).known()).toEqual(hidden);
  });

  it('is forgotten when its run is there already', async () => {
    const vaults = createVaults();
    vaults.of(run).keep(hidden);
    await keptOnceBegun(vaults, run, () => Promise.resolve({ existing: true }));
    expect(vaults.of(run).known()).toEqual({});
  });

  it('is forgotten when the run is refused', async () => {
    const vaults = createVaults();
    vaults.of(run).keep(hidden);
    await expect(keptOnceBegun(vaults, run, () => Promise.reject(new Error('The queue is full.')))).rejects.toThrow(
      'full',
    );
    expect(vaults.of(run).known()).toEqual({});
  });
});
