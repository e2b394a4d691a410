import { inline, noUsage } from '@telos/core';
import type { Program, Recorded } from '@telos/core';
import { RunDetail, StepDetail } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import {
  action,
  begun,
  chat,
  created,
  foreach,
  gate,
  journal,
  parallel,
  plan,
  program,
  route,
  runId,
  started,
  startedAt,
  succeeded,
  usageOf,
} from '../testing/journal.ts';
import { foldRun } from './fold-run.ts';
import { asStored } from './payloads.ts';
import { runDetail } from './run-detail.ts';
import { stepDetail } from './step-detail.ts';
import { stateIn, waitingFor } from './waiting-for.ts';

function detail(events: readonly Recorded[], shape?: Program, plans: readonly (readonly [string, Program])[] = []) {
  const folded = foldRun(events);
  if (folded === undefined) throw new Error('no run in this journal');
  const made = runDetail(folded, {
    programs: new Map(plans),
    ...(shape === undefined ? {} : { program: shape }),
    show: asStored,
    waitingFor: waitingFor(stateIn(events), startedAt + 60_000),
  });
  RunDetail.parse(made);
  return made;
}

const failure = { code: 'MODEL_TIMEOUT', kind: 'retryable', message: 'too slow' } as const;

describe('the detail of a run', () => {
  it('is nothing without a run.created', () => {
    expect(foldRun(journal(started))).toBeUndefined();
    expect(foldRun([])).toBeUndefined();
  });

  it('shows a run that nobody has taken, and says so', () => {
    const shown = detail(journal(created), program(action('search', 'web.search'), action('draft')));
    expect(shown).toMatchObject({ status: 'pending', inputs: { vendor: 'Acme' }, seq: 1, usage: noUsage });
    expect(shown.steps).toMatchObject([
      { path: 'search', status: 'pending', attempt: 0, kind: 'action', uses: 'web.search' },
      { path: 'draft', status: 'pending' },
    ]);
    expect(shown.waiting_for[0]?.message).toContain('No worker has taken the run');
  });

  it('scores the run by the gates that its steps ended with', () => {
    const rejected = { output: inline('x'), gate: gate(false, 0.1), remedy: { repair: 1 } } as const;
    const prefix = [created, started, begun('a'), { ...succeeded('a'), gate: gate(true, 0.9) }, begun('b')] as const;
    expect(detail(journal(created, started, begun('a')))).not.toHaveProperty('score');
    const waiting = journal(...prefix, { type: 'attempt.rejected', path: 'b', attempt: 1, ...rejected });
    expect(detail(waiting)).toMatchObject({ score: 0.9 });
    const failed = journal(...prefix, {
      type: 'step.failed',
      path: 'b',
      attempt: 1,
      error: failure,
      gate: gate(false, 0.5),
    });
    expect(detail(failed).score).toBeCloseTo(0.7);
  });

  it('scores no output that stayed in quarantine until a person gave another', () => {
    const shown = detail(
      journal(
        created,
        started,
        begun('draft'),
        { type: 'step.quarantined', at: startedAt, path: 'draft', attempt: 1, error: failure, gate: gate(false, 0.2) },
        { type: 'step.resolved', at: startedAt, path: 'draft', attempt: 1, as: 'succeed' },
        succeeded('draft'),
      ),
    );
    expect(shown.score).toBeUndefined();
  });

  it('shows what has ended, what runs and what is to come', () => {
    const shown = detail(
      journal(created, started, begun('search'), succeeded('search', 'x', 0.5), begun('draft')),
      program(action('search'), action('draft'), action('publish')),
    );
    expect(shown.steps.map(({ path, status }) => [path, status])).toEqual([
      ['search', 'succeeded'],
      ['draft', 'running'],
      ['publish', 'pending'],
    ]);
    expect(shown.steps[0]).toMatchObject({
      started_at: '2026-01-01T00:00:02.000Z',
      ended_at: '2026-01-01T00:00:03.000Z',
      usage: { usd: 0.5 },
    });
    expect(shown.usage.usd).toBe(0.5);
  });

  it('shows outputs and no steps to come once it has succeeded', () => {
    const shown = detail(
      journal(created, started, { type: 'run.succeeded', outputs: inline({ brief: null }) }),
      program(action('never')),
    );
    expect(shown).toMatchObject({ status: 'succeeded', outputs: { brief: null }, steps: [], waiting_for: [] });
  });

  it('refers to outputs that are too large to show', () => {
    const outputs = { blob: 'cd'.repeat(32), bytes: 9_000_000 };
    const shown = detail(journal(created, started, { type: 'run.succeeded', outputs }));
    expect(shown.outputs_ref).toEqual(outputs);
    expect(shown).not.toHaveProperty('outputs');
  });

  it('ends with its run what was under way', () => {
    const cancelled = detail(journal(created, started, begun('draft'), { type: 'run.cancelled', reason: 'enough' }));
    expect(cancelled).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(cancelled.steps[0]).toMatchObject({ status: 'cancelled', ended_at: cancelled.ended_at });
  });

  it('shows the step that failed, with the item it failed in', () => {
    const error = { ...failure, path: 'findings[1].search' };
    const shown = detail(
      journal(
        created,
        started,
        begun('findings'),
        { type: 'block.opened', path: 'findings', opening: { foreach: inline(['a', 'b']), count: 2 } },
        begun('findings[1].search'),
        { type: 'step.failed', path: 'findings[1].search', attempt: 1, error },
        { type: 'run.failed', error },
      ),
    );
    expect(shown.error).toEqual(error);
    expect(shown.steps[1]).toMatchObject({ path: 'findings[1].search', status: 'failed', error });
  });

  it('waits between two attempts and says until when', () => {
    const shown = detail(
      journal(created, started, begun('draft'), {
        type: 'attempt.failed',
        path: 'draft',
        attempt: 1,
        error: failure,
        retryAt: startedAt + 90_000,
        usage: usageOf(0.1),
      }),
    );
    expect(shown.steps[0]).toMatchObject({ status: 'waiting', attempt: 1, retry_at: '2026-01-01T00:01:30.000Z' });
    expect(shown.waiting_for).toMatchObject([{ path: 'draft' }]);
    expect(shown.waiting_for[0]?.message).toContain('in 30 s');
  });

  it('adds what is inside a block to what the block cost', () => {
    const shown = detail(
      journal(
        created,
        started,
        begun('findings'),
        begun('findings[0].search'),
        begun('findings[1].search'),
        succeeded('findings[0].search', 'a', 0.25),
        succeeded('findings[1].search', 'b', 0.5),
      ),
      program(foreach('findings', action('search', 'web.search'))),
    );
    expect(shown.steps[0]).toMatchObject({ path: 'findings', kind: 'foreach', usage: { usd: 0.75, calls: 2 } });
    expect(shown.steps[1]).toMatchObject({ parent: 'findings', frame: 'findings[0]', uses: 'web.search' });
    expect(shown.usage.usd).toBe(0.75);
  });

  it('adds what drafting its plan has cost to what a step cost', () => {
    const accepted = { type: 'plan.accepted', path: 'work', attempt: 1, program: 'p', objectives: [] } as const;
    const shown = detail(
      journal(
        created,
        started,
        begun('work'),
        { ...accepted, usage: usageOf(0.5) },
        { type: 'block.opened', path: 'work', opening: { plan: 'p' } },
        begun('work#1.fetch'),
        succeeded('work#1.fetch', 'a', 0.25),
      ),
      program(plan('work')),
      [['p', program(action('fetch'))]],
    );
    expect(shown.steps[0]).toMatchObject({ path: 'work', usage: { usd: 0.75, calls: 2 } });
    expect(shown.usage).toEqual(shown.steps[0]?.usage);
  });

  it('opens blocks whose own start was never journalled, before what is inside them', () => {
    const shown = detail(journal(created, started, succeeded('a[0].b.left.c', 'x', 1)));
    expect(shown.steps.map(({ path }) => path)).toEqual(['a', 'a[0].b', 'a[0].b.left.c']);
    expect(shown.steps[0]?.usage.usd).toBe(1);
  });

  it('finds the definition of a step in every kind of block', () => {
    const planned = program(action('fetch', 'http.request'));
    const shape = program(
      parallel('both', { left: [action('read', 'file.read')], right: [action('read', 'web.read')] }),
      route('kind', [action('answer', 'one')], [action('answer', 'two')]),
      plan('work'),
    );
    const shown = detail(
      journal(
        created,
        started,
        begun('both.left.read'),
        begun('both.right.read'),
        { type: 'block.opened', path: 'kind', opening: { case: 1 } },
        begun('kind[1].answer'),
        { type: 'block.opened', path: 'work', opening: { plan: 'p' } },
        begun('work#1.fetch'),
        begun('unknown.left.thing'),
      ),
      shape,
      [['p', planned]],
    );
    const uses = Object.fromEntries(shown.steps.map((step) => [step.path, step.uses]));
    expect(uses).toMatchObject({
      'both.left.read': 'file.read',
      'both.right.read': 'web.read',
      'kind[1].answer': 'two',
      'work#1.fetch': 'http.request',
    });
    expect(shown.steps.find((step) => step.path === 'kind')).toMatchObject({ kind: 'switch', block: { case: 1 } });
    expect(uses['unknown.left.thing']).toBeUndefined();
  });

  it('finds the definition of what undoes a step, and of the steps of handlers', () => {
    const undo = { uses: 'http.request', with: {}, reads: [] };
    const publish = action('publish', 'script.js');
    if (publish.kind !== 'action') throw new Error('It is an action.');
    const shape: Program = {
      ...program({ ...publish, compensate: undo }),
      catch: [{ match: 'any', steps: [action('tell', 'web.search')] }],
      finally: { steps: [foreach('rows', action('close', 'file.read'))] },
    };
    const paths = ['publish/compensate', 'catch[0].tell', 'finally.rows[1].close'];
    const shown = detail(journal(created, started, ...paths.map((path) => begun(path))), shape);
    const found = Object.fromEntries(shown.steps.map(({ path, uses, kind }) => [path, uses ?? kind]));
    expect(found).toMatchObject({
      'publish/compensate': 'http.request',
      'catch[0].tell': 'web.search',
      'finally.rows': 'foreach',
      'finally.rows[1].close': 'file.read',
    });
  });

  it('marks a skipped step with the reason and without a start', () => {
    const shown = detail(journal(created, started, { type: 'step.skipped', path: 'publish', reason: 'when' }));
    expect(shown.steps[0]).toMatchObject({ status: 'skipped', reason: 'when', attempt: 0 });
    expect(shown.steps[0]).not.toHaveProperty('started_at');
  });

  it('gives every prefix of a journal a page that fits the contract', () => {
    const events = journal(
      created,
      started,
      begun('draft'),
      chat('draft'),
      { type: 'attempt.failed', path: 'draft', attempt: 1, error: failure, retryAt: startedAt + 5_000 },
      begun('draft', 2),
      {
        type: 'attempt.rejected',
        path: 'draft',
        attempt: 2,
        output: inline(''),
        gate: gate(false, 0.2),
        remedy: { repair: 1 },
      },
      begun('draft', 3),
      { ...succeeded('draft', 'ok', 0, 3), gate: gate(true, 1, 2) },
      { type: 'run.succeeded', outputs: inline({}) },
    );
    for (let length = 1; length <= events.length; length += 1) {
      expect(detail(events.slice(0, length)).seq).toBe(length);
    }
  });
});

describe('the detail of a step', () => {
  it('has each attempt with its calls, verdicts and what was done about it', () => {
    const folded = foldRun(
      journal(
        created,
        started,
        begun('draft'),
        chat('draft'),
        {
          type: 'attempt.rejected',
          path: 'draft',
          attempt: 1,
          output: inline('weak'),
          gate: gate(false, 0.2),
          remedy: { repair: 1 },
          usage: usageOf(0.5),
        },
        begun('draft', 2),
        chat('draft', 0, 2),
        { ...succeeded('draft', 'strong', 0.25, 2), gate: gate(true, 0.9, 2) },
      ),
    );
    const step = folded?.steps.get('draft');
    if (step === undefined) throw new Error('the step is missing');
    const shown = StepDetail.parse(
      stepDetail(runId, step, { definition: action('draft'), programs: new Map() }, asStored),
    );
    expect(shown).toMatchObject({
      status: 'succeeded',
      attempt: 2,
      output: { value: 'strong' },
      usage: { usd: 0.75, calls: 2 },
      gate: { passed: true, attempts: 2 },
    });
    expect(shown.attempts).toMatchObject([
      {
        attempt: 1,
        status: 'rejected',
        remedy: { repair: 1 },
        output: { value: 'weak' },
        calls: [
          { name: 'openai/gpt-5.2', started_at: '2026-01-01T00:00:02.500Z', ended_at: '2026-01-01T00:00:02.750Z' },
        ],
      },
      { attempt: 2, status: 'succeeded', gate: { score: 0.9 } },
    ]);
  });
});

describe('what an agent called', () => {
  const agent: Program['steps'][number] = {
    kind: 'agent',
    id: 'ask',
    after: [],
    reads: [],
    instructions: '',
    input: null,
    model: 'auto',
    tools: [
      { name: 'workflow.child', workflow: 'child' },
      {
        name: 'worker',
        description: 'Works.',
        agent: { reads: [], instructions: '', model: 'auto', tools: [], maxTurns: 2 },
      },
    ],
    maxTurns: 4,
    onError: 'fail',
  };

  it('is shown by the name that it knows, with all that was done inside', () => {
    const hash = 'cd'.repeat(32);
    const calls = [
      { step: 'call_1', name: 'workflow.child' },
      { step: 'call_2', name: 'worker' },
    ];
    const shown = detail(
      journal(
        created,
        started,
        begun('ask'),
        { type: 'block.opened', path: 'ask', opening: { loop: inline({}) } },
        begun('ask#1.turn'),
        succeeded('ask#1.turn'),
        { type: 'loop.advanced', path: 'ask', round: 2, state: inline({}), calls },
        begun('ask#2.call_1'),
        begun('ask#2.call_2'),
        { type: 'block.opened', path: 'ask#2.call_1', opening: { workflow: hash, inputs: inline({}) } },
        { type: 'block.opened', path: 'ask#2.call_2', opening: { loop: inline({}) } },
        begun('ask#2.call_1#1.search'),
        begun('ask#2.call_2#1.turn'),
      ),
      program(agent),
      [[hash, program(action('search', 'web.search'))]],
    );
    expect(shown.steps.map(({ path, kind, uses }) => [path, kind, uses])).toEqual([
      ['ask', 'agent', undefined],
      ['ask#1.turn', 'action', 'agent.turn'],
      ['ask#2.call_1', 'workflow', 'workflow.child'],
      ['ask#2.call_2', 'agent', 'worker'],
      ['ask#2.call_1#1.search', 'action', 'web.search'],
      ['ask#2.call_2#1.turn', 'action', 'agent.turn'],
    ]);
  });
});
