import { expect, it } from 'vitest';
import { createLookups } from './lookups.ts';

/** Lookups that answer when they are told to, and the keys of each statement. */
function held() {
  const asked: (readonly string[])[] = [];
  const answers: PromiseWithResolvers<ReadonlyMap<string, number>>[] = [];
  const lookup = createLookups((keys) => {
    asked.push(keys);
    const answer = Promise.withResolvers<ReadonlyMap<string, number>>();
    answers.push(answer);
    return answer.promise;
  });
  const answer = (entries: readonly (readonly [string, number])[]) => answers.shift()?.resolve(new Map(entries));
  return { asked, answers, answer, lookup };
}

const turn = () => new Promise(setImmediate);

it('what is looked up at once is asked for in one statement, each key once', async () => {
  const { asked, answer, lookup } = held();
  const found = Promise.all([lookup('a'), lookup('b'), lookup('a'), lookup('none')]);
  await turn();
  expect(asked).toEqual([['a', 'b', 'none']]);
  answer([
    ['b', 2],
    ['a', 1],
  ]);
  expect(await found).toEqual([1, 2, 1, undefined]);
});

it('what is looked up while a statement is under way is asked for in the next, for that one may have read before', async () => {
  const { asked, answer, lookup } = held();
  const before = lookup('a');
  await turn();
  const after = lookup('a');
  answer([['a', 1]]);
  expect(await before).toBe(1);
  await turn();
  expect(asked).toEqual([['a'], ['a']]);
  answer([['a', 2]]);
  expect(await after).toBe(2);
});

it('a failure is told to those who asked in that statement, and to nobody else', async () => {
  const { answers, answer, lookup } = held();
  const failing = expect(lookup('a')).rejects.toThrow('away');
  await turn();
  const next = lookup('b');
  answers.shift()?.reject(new Error('away'));
  await failing;
  await turn();
  answer([['b', 2]]);
  expect(await next).toBe(2);
});
