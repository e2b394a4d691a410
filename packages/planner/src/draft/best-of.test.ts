import { TelosError } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { failureOf, planAnswer, planning } from '../testing/planning.ts';
import type { Scripted } from '../testing/scripted-models.ts';

const objective = 'Find out how leases work, from the folder docs';

const planNamed = (id: string, steps = ''): string => `telos: 1
id: ${id}
steps:
  - id: passages
    uses: knowledge.search
    with: { folder: docs, query: "${id}" }
${steps}outputs:
  answer: \${{ steps.passages.output.passages }}
`;
const [first, second, third] = ['one', 'two', 'three'].map((id) => planAnswer(planNamed(id)));
const dear = planAnswer(
  planNamed('dear', '  - id: answer\n    uses: llm\n    with: { prompt: "${{ steps.passages.output.passages }}" }\n'),
);
const broken = planAnswer(planNamed('one').replace('knowledge.search', 'knowledge.serach'));

/** Places plans by their letters, the best first. */
const ranking = (...letters: readonly string[]): Scripted => ({
  answer: { ranking: letters.map((plan) => ({ plan, reason: `${plan} is where it should be.` })) },
});

const script = (...answers: readonly (Scripted | undefined)[]): Scripted[] =>
  answers.filter((answer) => answer !== undefined);

describe('the best of several plans', () => {
  it('is the one that a model places first in both orders of the list, and the others are told with their reasons', async () => {
    const { plan, models } = planning(script(first, second, third, ranking('B', 'A', 'C'), ranking('B', 'A', 'C')));
    const made = await plan({ objective, best_of: 3 });
    expect(made.program.id).toBe('two');
    expect(models.asked).toHaveLength(5);
    expect(made.usage.calls).toBe(5);
    expect(made.objectives.candidates).toMatchObject([
      { program: made.hash, chosen: true, score: 1, reason: 'B is where it should be.' },
      { chosen: false, score: 0.25 },
      { chosen: false, score: 0.25 },
    ]);
    expect(made.objectives.notes).toEqual([
      expect.stringMatching(/^Chosen: \w{12}\. B is where it should be\.$/),
      expect.stringMatching(/^Passed over, place 2: /),
      expect.stringMatching(/^Passed over, place 3: /),
    ]);
  });

  it('is asked for with those that there are, and placed with what each may cost, the second time the other way round', async () => {
    const { plan, models } = planning(script(first, second, ranking('A', 'B'), ranking('B', 'A')));
    await plan({ objective, criteria: ['names a lease'], best_of: 2 });
    const [one = '', two = '', placed = '', again = ''] = models.asked.map(({ messages }) => messages.at(-1)?.text);
    expect(one).not.toContain('already written');
    expect(two).toContain('Plans that were already written for this objective:');
    expect(two).toContain('query: "one"');
    expect(placed).toContain('names a lease');
    expect(placed).toMatch(/Plan A \(expected: \d+ calls, \d+ tokens\):[^]*query: "one"[^]*Plan B [^]*query: "two"/);
    expect(again).toMatch(/Plan A [^]*query: "two"[^]*Plan B [^]*query: "one"/);
  });

  it('is the cheaper of two that are placed alike', async () => {
    // The first of the list is the best each time: the place says nothing.
    const { plan } = planning(script(dear, first, ranking('A', 'B'), ranking('A', 'B')));
    expect((await plan({ objective, best_of: 2 })).program.id).toBe('one');
  });

  it.each([
    ['an answer that leaves one out', ranking('A')],
    ['an answer that names another', ranking('A', 'X')],
    ['an answer that names one twice', ranking('A', 'A')],
    ['no answer', { fails: new TelosError('MODEL_TIMEOUT', 'It took too long.') }],
  ])('is the cheaper where no model can say: %s', async (_title, answer) => {
    const { plan } = planning(script(dear, first, answer, answer));
    const made = await plan({ objective, best_of: 2 });
    expect(made.program.id).toBe('one');
    expect(made.objectives.candidates?.[0]).toEqual({
      program: made.hash,
      chosen: true,
      reason: 'Nobody could compare it with the others: what costs less comes first.',
    });
  });

  it('is repaired like any other, and one that nothing can repair is left out', async () => {
    const answers = script(broken, first, broken, broken, broken, second, ranking('A', 'B'), ranking('B', 'A'));
    const { plan, recorded } = planning(answers);
    const made = await plan({ objective, best_of: 3 });
    expect(made.program.id).toBe('one');
    expect(made.rejected).toHaveLength(1);
    expect(made.objectives.notes).toContainEqual(expect.stringMatching(/^Candidate 2 is none: None of 3 drafts/));
    expect(recorded.map(({ attributes }) => attributes?.['candidate'])).toEqual([
      1,
      1,
      2,
      2,
      2,
      3,
      undefined,
      undefined,
    ]);
  });

  it('is placed beside no plan that is the same', async () => {
    const { plan, models } = planning(script(first, first));
    const made = await plan({ objective, best_of: 2 });
    expect(models.asked).toHaveLength(2);
    expect(made.objectives.notes).toEqual([
      'Candidate 2 was one of those before it.',
      'There was nothing to compare it with.',
    ]);
  });

  it('is none when no candidate compiles', async () => {
    const { plan } = planning(script(broken, broken), { attempts: 1 });
    expect(await failureOf(plan({ objective, best_of: 2 }))).toMatchObject({ code: 'PLAN_INVALID' });
  });

  it('is the one that there is when the model fails before the next', async () => {
    const away = { fails: new TelosError('MODEL_UNAVAILABLE', 'It is away.') };
    const { plan } = planning(script(first, away));
    const made = await plan({ objective, best_of: 3 });
    expect(made.program.id).toBe('one');
    expect(made.objectives.notes).toContain('Candidate 2 is none: It is away.');
    const { plan: failing } = planning(script(away));
    expect(await failureOf(failing({ objective, best_of: 3 }))).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  it('of rules is their only one, and is said to be', async () => {
    const { plan } = planning([], { model: 'offline/extractive' });
    const made = await plan({ objective: 'Find in the folder docs how leases work', best_of: 3 });
    expect(made.planner).toBe('rules');
    expect(made.objectives.notes).toContain('Rules know one plan for an objective: there was no other to compare.');
  });

  it.each([0, 6, 1.5, 'two'])('is not asked for %j times', async (wanted) => {
    expect(await failureOf(planning([]).plan({ objective, best_of: wanted }))).toMatchObject({
      code: 'PLAN_REQUEST_INVALID',
    });
  });
});
