import { describe, expect, it } from 'vitest';
import { gateOf } from '../testing/programs.ts';
import { escalatedModel, nextRemedy } from './remedy.ts';

describe('the ladder of remedies', () => {
  it('is taken from the first rung to the last, each repair counting', () => {
    const ladder = gateOf(
      { do: 'repair', times: 2 },
      { do: 'escalate', model: 'm' },
      { do: 'fallback', value: 0 },
    ).onFail;
    expect([0, 1, 2, 3, 4].map((taken) => nextRemedy(ladder, taken)?.do)).toEqual([
      'repair',
      'repair',
      'escalate',
      'fallback',
      undefined,
    ]);
    expect(nextRemedy(ladder, 2)?.index).toBe(1);
    expect(nextRemedy([], 0)).toBeUndefined();
  });

  it('keeps the model that it last escalated to', () => {
    const ladder = gateOf(
      { do: 'repair', times: 2 },
      { do: 'escalate', model: 'm' },
      { do: 'repair', times: 1 },
      { do: 'escalate', model: 'n' },
    ).onFail;
    expect([0, 1, 2, 3, 4, 5, 6].map((taken) => escalatedModel(ladder, taken))).toEqual([
      undefined,
      undefined,
      undefined,
      'm',
      'm',
      'n',
      'n',
    ]);
  });
});
