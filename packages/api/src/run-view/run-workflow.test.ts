import { RunWorkflow } from '@telos/contract';
import type { Program, Recorded } from '@telos/core';
import { describe, expect, it } from 'vitest';
import {
  action,
  begun,
  created,
  foreach,
  journal,
  parallel,
  plan,
  program,
  programHash,
  started,
} from '../testing/journal.ts';
import { foldRun } from './fold-run.ts';
import { runWorkflow } from './run-workflow.ts';

const opened = (path: string, hash: string) => ({ type: 'block.opened', path, opening: { plan: hash } }) as const;

function outlined(
  own: Program,
  events: readonly Recorded[],
  programs: readonly (readonly [string, Program])[],
): readonly string[] {
  const folded = foldRun(events);
  if (folded === undefined) throw new Error('the journal begins with run.created');
  const shown = RunWorkflow.parse(runWorkflow({ folded, programs: new Map(programs) }, own, 'telos: 1'));
  expect(shown).toMatchObject({ hash: programHash, source: 'telos: 1' });
  return shown.steps.map(({ path }) => path);
}

describe('the workflow of a run', () => {
  it('has the plan that was made inside the run under the block that made it', () => {
    const own = program(action('ask'), plan('work'));
    expect(outlined(own, journal(created, started, begun('work')), [])).toEqual(['ask', 'work']);
    const drafted = [['p1', program(action('search'), foreach('each', action('read')))]] as const;
    expect(outlined(own, journal(created, started, begun('work'), opened('work', 'p1')), drafted)).toEqual([
      'ask',
      'work',
      'work.search',
      'work.each',
      'work.each.read',
    ]);
  });

  it('finds a plan in whichever item or branch made one, and in no other', () => {
    const own = program(
      foreach('items', plan('work')),
      parallel('both', { left: [plan('work')], right: [plan('work')] }),
    );
    const events = journal(created, started, opened('items[3].work', 'p1'), opened('both.right.work', 'p2'));
    const drafted = [
      ['p1', program(action('one'))],
      ['p2', program(action('two'))],
    ] as const;
    expect(outlined(own, events, drafted)).toEqual([
      'items',
      'items.work',
      'items.work.one',
      'both',
      'both.left.work',
      'both.right.work',
      'both.right.work.two',
    ]);
  });
});
