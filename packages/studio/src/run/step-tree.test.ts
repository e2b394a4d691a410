import type { StepView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import type { AttemptNode } from './step-parts.ts';
import { begin, running, step, timestamp } from './sample-run.ts';
import { treeRows } from './step-tree.ts';
import type { TreeView } from './step-tree.ts';

const asIs: TreeView = { toggled: new Map() };

function inside(block: string, key: string, id: string, fields: Partial<StepView> = {}): StepView {
  const frame = `${block}${key}`;
  return step(`${frame}.${id}`, { parent: block, frame, status: 'succeeded', ...fields });
}

/** Each row as `depth name`, with `+` or `-` where it opens. */
function drawn(steps: readonly StepView[], view: TreeView = asIs, attempts: Record<string, AttemptNode[]> = {}) {
  const model = running(...steps);
  for (const [path, list] of Object.entries(attempts)) model.attempts.set(path, list);
  return treeRows(model, view).map(
    ({ depth, prefix, label, expandable, expanded }) =>
      `${'  '.repeat(depth)}${expandable ? (expanded ? '- ' : '+ ') : ''}${prefix === undefined ? '' : `${prefix} `}${label}`,
  );
}

const attempt = (number: number, calls: AttemptNode['calls'] = []): AttemptNode => ({
  attempt: number,
  status: 'succeeded',
  startedAt: begin,
  endedAt: begin + 1,
  calls,
});
const call = { kind: 'tool', name: 'web.read', startedAt: begin, endedAt: begin + 1, failed: false } as const;

describe('the tree of a run', () => {
  it('begins with the run, and has its steps below', () => {
    expect(drawn([step('search'), step('draft')])).toEqual(['brief', '  search', '  draft']);
  });

  it('gives each item with several steps a row of its own, in the order of the items', () => {
    const steps = [
      step('findings', { kind: 'foreach' }),
      inside('findings', '[10]', 'search'),
      inside('findings', '[2]', 'search'),
      inside('findings', '[2]', 'note'),
    ];
    expect(drawn(steps)).toEqual([
      'brief',
      '  - findings',
      '    - [2]',
      '      search',
      '      note',
      '    - [10]',
      '      search',
    ]);
  });

  it('puts the number before the step where an item has only one', () => {
    expect(
      drawn([step('pages', { kind: 'foreach' }), inside('pages', '[0]', 'read'), inside('pages', '[1]', 'read')]),
    ).toEqual(['brief', '  - pages', '    [0] read', '    [1] read']);
  });

  it('names branches, and leaves out the case of a switch, of which there is one', () => {
    expect(
      drawn([
        step('both', { kind: 'parallel' }),
        inside('both', '.left', 'read'),
        inside('both', '.right', 'write'),
        step('route', { kind: 'switch' }),
        inside('route', '[1]', 'answer'),
      ]),
    ).toEqual([
      'brief',
      '  - both',
      '    - left',
      '      read',
      '    - right',
      '      write',
      '  - route',
      '    answer',
    ]);
  });

  it('keeps attempts and calls closed until they are asked for', () => {
    const attempts = { draft: [attempt(1), attempt(2, [call])], load: [attempt(1, [call])] };
    expect(drawn([step('draft'), step('load')], asIs, attempts)).toEqual(['brief', '  + draft', '  + load']);
    const open = new Map(['step:draft', 'attempt:draft@2', 'step:load'].map((key) => [key, true]));
    expect(drawn([step('draft'), step('load')], { toggled: open }, attempts)).toEqual([
      'brief',
      '  - draft',
      '    attempt 1',
      '    - attempt 2',
      '      web.read',
      '  - load',
      '    web.read',
    ]);
  });

  it('closes what the reader closes', () => {
    const steps = [step('pages', { kind: 'foreach' }), inside('pages', '[0]', 'read')];
    expect(drawn(steps, { toggled: new Map([['step:pages', false]]) })).toEqual(['brief', '  + pages']);
  });

  it('closes the items of a long list by itself, but for those where something failed', () => {
    const items = Array.from({ length: 30 }, (_, item) => [
      inside('pages', `[${item}]`, 'read', { status: item === 17 ? 'failed' : 'succeeded' }),
      inside('pages', `[${item}]`, 'note'),
    ]).flat();
    const rows = drawn([step('pages', { kind: 'foreach' }), ...items]);
    expect(rows).toHaveLength(2 + 30 + 2);
    expect(rows.slice(2 + 16, 2 + 21)).toEqual(['    + [16]', '    - [17]', '      read', '      note', '    + [18]']);
  });

  it('finds steps by path or tool, with the blocks around them', () => {
    const steps = [
      step('load'),
      step('pages', { kind: 'foreach' }),
      inside('pages', '[0]', 'read', { uses: 'web.read' }),
      inside('pages', '[1]', 'read', { uses: 'web.read', status: 'failed' }),
    ];
    expect(drawn(steps, { ...asIs, filter: 'PAGES[1]' })).toEqual(['brief', '  - pages', '    [1] read']);
    expect(drawn(steps, { ...asIs, filter: 'web.' })).toHaveLength(4);
    expect(drawn(steps, { ...asIs, failedOnly: true })).toEqual(['brief', '  - pages', '    [1] read']);
    expect(drawn(steps, { ...asIs, filter: 'nothing' })).toEqual(['brief']);
  });

  it('gives an item the status and the time of what is in it', () => {
    const model = running(
      step('pages', { kind: 'foreach' }),
      inside('pages', '[0]', 'read', { started_at: timestamp(1_000), ended_at: timestamp(2_000) }),
      inside('pages', '[0]', 'note', { status: 'failed', started_at: timestamp(2_000), ended_at: timestamp(5_000) }),
      inside('pages', '[1]', 'read', { started_at: timestamp(1_000), ended_at: timestamp(2_000) }),
      inside('pages', '[1]', 'note', { status: 'running', started_at: timestamp(2_000) }),
    );
    const items = treeRows(model, asIs).filter(({ kind }) => kind === 'frame');
    expect(items).toMatchObject([
      { status: 'failed', startedAt: begin + 1_000, endedAt: begin + 5_000, position: 1, siblings: 2 },
      { status: 'running', startedAt: begin + 1_000 },
    ]);
    expect(items[1]).not.toHaveProperty('endedAt');
  });

  it('has a key of its own for every row', () => {
    const items = Array.from({ length: 10_000 }, (_, item) => inside('pages', `[${item}]`, 'read'));
    const rows = treeRows(running(step('pages', { kind: 'foreach' }), ...items), asIs);
    expect(rows).toHaveLength(10_002);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(10_002);
  });
});
