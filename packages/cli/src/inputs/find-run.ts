import { TelosError } from '@telos/core';
import type { RunId, Store } from '@telos/core';

/**
 * The run that a word on the command line means: its id, any part of it that no
 * other run's id has, or `last` for the newest.
 *
 * @throws TelosError RUN_NOT_FOUND, or USAGE when several runs fit.
 */
export async function findRun({ runs }: Pick<Store, 'runs'>, word: string): Promise<RunId> {
  const exact = await runs.get(word);
  if (exact !== undefined) return exact.id;
  if (word === 'last') {
    const newest = (await runs.list({}, 1)).items[0];
    if (newest === undefined)
      throw new TelosError('RUN_NOT_FOUND', 'There are no runs yet.', { next: 'Start one with `telos run <file>`.' });
    return newest.id;
  }
  const { items } = await runs.list({ text: word }, 20);
  const fitting = items.filter((run) => run.id.includes(word.toLowerCase()));
  const [only, another] = fitting;
  if (only === undefined)
    throw new TelosError('RUN_NOT_FOUND', `There is no run ${word}.`, { next: 'List runs with `telos runs`.' });
  if (another !== undefined) {
    const ids = fitting.slice(0, 3).map((run) => run.id);
    throw new TelosError('USAGE', `Several runs fit ${word}: ${ids.join(', ')}.`, { next: 'Give more of the id.' });
  }
  return only.id;
}
