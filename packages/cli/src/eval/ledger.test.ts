import { noUsage } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { createLedger, tighter } from './ledger.ts';

describe('the budget of an experiment', () => {
  it('is shared so that runs side by side cannot overrun it together', () => {
    const ledger = createLedger({ usd: 1, tokens: 1000, onExceeded: 'fail' }, 4, 0);
    const shares = [1, 2, 3, 4].map(() => ledger.share(0));
    expect(shares.map((share) => share?.budget?.usd)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(shares.reduce((sum, share) => sum + (share?.budget?.tokens ?? 0), 0)).toBeLessThanOrEqual(1000);
  });

  it('gets back what a run did not use', () => {
    const ledger = createLedger({ usd: 1, onExceeded: 'fail' }, 1, 0);
    const first = ledger.share(0);
    expect(first?.budget?.usd).toBe(1);
    first?.settle({ ...noUsage, usd: 0.25 });
    first?.settle({ ...noUsage, usd: 0.25 });
    expect(ledger.spent.usd).toBe(0.25);
    expect(ledger.share(0)?.budget?.usd).toBe(0.75);
  });

  it('lets nothing start when it is used up, and what costs nothing when it is nothing', () => {
    expect(createLedger({ usd: 1, onExceeded: 'fail' }, 1, 0, { ...noUsage, usd: 1 }).share(0)).toBeUndefined();
    expect(createLedger({ usd: 0, onExceeded: 'fail' }, 1, 0).share(0)?.budget).toEqual({ usd: 0, onExceeded: 'fail' });
    expect(createLedger({ wallMs: 100, onExceeded: 'fail' }, 1, 0).share(100)).toBeUndefined();
  });

  it('bounds nothing where there is none, and counts all the same', () => {
    const ledger = createLedger(undefined, 2, 0);
    const share = ledger.share(0);
    expect(share?.budget).toBeUndefined();
    share?.settle({ ...noUsage, calls: 3 });
    expect(ledger.spent.calls).toBe(3);
  });

  it('never loosens what a workflow sets itself', () => {
    expect(tighter({ usd: 0.1, calls: 5, onExceeded: 'pause' }, { usd: 0.5, tokens: 10, onExceeded: 'fail' })).toEqual({
      usd: 0.1,
      calls: 5,
      tokens: 10,
      onExceeded: 'fail',
    });
  });
});
