import { describe, expect, it } from 'vitest';
import { readObjective } from './read-objective.ts';

const texts = { objective: '', criteria: '', tools: '', rounds: '1', bestOf: '1', usd: '', approve: true };

describe('an objective as it is stated', () => {
  it('takes criteria a line each and tools by name, and leaves out what was left empty', () => {
    expect(
      readObjective({ ...texts, objective: ' Say how a run survives a crash ', criteria: 'is short\n\n quotes\n' }),
    ).toEqual({
      stated: {
        objective: 'Say how a run survives a crash',
        criteria: ['is short', 'quotes'],
        rounds: 1,
        approve: true,
      },
    });
    expect(
      readObjective({
        ...texts,
        objective: 'Read the page',
        tools: 'web.*, llm',
        usd: '$0.50',
        rounds: '3',
        bestOf: '2',
      }),
    ).toMatchObject({
      stated: { tools: ['web.*', 'llm'], budget: { usd: 0.5 }, rounds: 3, best_of: 2 },
    });
  });

  it('is not sent without a sentence, or with a ceiling that is no amount', () => {
    expect(readObjective({ ...texts, objective: 'Go', usd: 'much' })).toEqual({
      faults: { objective: expect.any(String), usd: 'much is no amount of dollars.' },
    });
  });
});
