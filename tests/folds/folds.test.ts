/**
 * Three folds read one journal: `evolve`, which the engine decides by, the server's, which pages and `telos show` are
 * drawn from, and the studio's, which brings a page forward while the run goes on. A person sees one run, so what they
 * all know of its steps they know alike: after every append, not only at the end.
 */
import { hasEnded } from '@telos/core';
import type { RunEvent, Wait } from '@telos/core';
import { answersFrom, drawsFrom, randomProgram, simulate, stateOf } from '@telos/core/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventView, foldRun, runDetail } from '@telos/api/trace';
import { foldEvent, runModel } from '@telos/studio/run';
import type { RunModel } from '@telos/studio/run';

const created: RunEvent = { type: 'run.created', at: 1, workflow: 'w', program: 'p', inputs: { value: {} } };
const started: RunEvent = { type: 'run.started', at: 2 };
const usage = { input_tokens: 10, output_tokens: 5, usd: 0.5, ms: 20, calls: 1 };
const error = { code: 'TOOL_FAILED', kind: 'terminal', message: 'It failed.' } as const;
const gate = { passed: false, score: 0.25, verdicts: [], attempts: 1 };
const draft = { at: 3, path: 'draft', attempt: 1 } as const;
const output = { value: 'x' };

function recorded(journal: readonly RunEvent[]) {
  return journal.map((event, index) => ({ run: 'run', seq: index + 1, event }));
}

function readByServer(journal: readonly RunEvent[]) {
  const folded = foldRun(recorded(journal));
  if (folded === undefined) throw new Error('The journal has no run.');
  return runDetail(folded, { programs: new Map(), show: (payload) => payload, waitingFor: [] });
}

/** A page that was opened when the run had just been created. */
function openedPage(journal: readonly RunEvent[]): RunModel {
  const detail = readByServer(journal.slice(0, 1));
  return runModel(detail, { trace_id: '0'.repeat(32), run_id: 'run', seq: 1, spans: [] });
}

function shownByServer(journal: readonly RunEvent[]) {
  const { status, usage: spent, steps } = readByServer(journal);
  return {
    status,
    usage: spent,
    steps: steps.map(({ path, status: of, attempt, usage: cost, gate: judged, error: failed, wait, labels }) => {
      return { path, status: of, attempt, usage: cost, gate: judged, error: failed, wait: wait?.id, labels };
    }),
  };
}

function shownByStudio({ status, usage: spent, steps }: RunModel) {
  return {
    status,
    usage: spent,
    steps: Array.from(steps.values(), (step) => {
      const { path, status: of, attempt, usage: cost, gate: judged, error: failed, wait, labels } = step;
      return { path, status: of, attempt, usage: cost, gate: judged, error: failed, wait: wait?.id, labels };
    }),
  };
}

function statusesOfEngine(journal: readonly RunEvent[]) {
  const { steps } = stateOf(...journal.slice(1));
  // Between two attempts a step waits, as a page says it.
  return Array.from(steps, ([path, { status }]) => [path, status === 'retrying' ? 'waiting' : status] as const);
}

/** Compares the three after each of these many events. */
function expectAgreement(journal: readonly RunEvent[], after: readonly number[]): void {
  const model = openedPage(journal);
  const views = recorded(journal).map(eventView);
  let folded = 1;
  for (const end of after) {
    for (const view of views.slice(folded, end)) foldEvent(model, view);
    folded = end;
    const prefix = journal.slice(0, end);
    const last = JSON.stringify(journal[end - 1]);
    const server = shownByServer(prefix);
    expect(shownByStudio(model), `the studio, after ${last}`).toEqual(server);
    const shown = new Map(server.steps.map(({ path, status }) => [path, status] as const));
    for (const [path, status] of statusesOfEngine(prefix))
      expect([path, shown.get(path)], `the server, after ${last}`).toEqual([path, status]);
  }
}

const approval: Omit<Extract<Wait, { kind: 'approval' }>, 'purpose'> = {
  kind: 'approval',
  who: [],
  show: output,
  onTimeout: 'fail',
};
const rails = { onApprove: 'go_on', place: 'input', verdicts: [] } as unknown as NonNullable<
  Extract<Wait, { kind: 'approval' }>['rails']
>;
const approve = { decision: 'approve', by: 'anna' } as const;

function opened(wait: Wait): RunEvent {
  return { type: 'wait.opened', ...draft, wait };
}

function closed(closing: Extract<RunEvent, { type: 'wait.closed' }>['closing']): RunEvent {
  return { type: 'wait.closed', ...draft, closing };
}

const begun: RunEvent = { type: 'step.started', ...draft };
const succeeded: RunEvent = { type: 'step.succeeded', ...draft, output, usage };
const failed: RunEvent = { type: 'step.failed', ...draft, error };
const quarantined: RunEvent = { type: 'step.quarantined', ...draft, error, gate, output, usage };
const inDoubt: RunEvent = { type: 'step.in_doubt', ...draft, error };

/** Each inner list is what one append brings. */
const courses: { readonly [title: string]: readonly (readonly RunEvent[])[] } = {
  'a step that a person allowed waits to be taken up, and runs': [
    [opened({ ...approval, purpose: 'permission' })],
    [closed(approve)],
    [begun],
    [succeeded],
  ],
  'a step that a person let past its rails goes on': [
    [opened({ ...approval, purpose: 'rail', rails })],
    [closed(approve)],
    [begun],
    [succeeded],
  ],
  'a step that a person forbade has failed': [
    [opened({ ...approval, purpose: 'permission' })],
    [closed({ decision: 'reject', by: 'anna' }), failed],
  ],
  'a plan that was answered is with its planner again': [
    [begun],
    [opened({ ...approval, purpose: 'plan', plan: { round: 1, last: false } } as Wait)],
    [closed({ decision: 'reject', by: 'anna' })],
    [succeeded],
  ],
  'an approval gives its step its outcome': [[opened({ ...approval, purpose: 'step' })], [closed(approve), succeeded]],
  'an output that a person is asked about shows its gate, and what it has cost': [
    [begun],
    [{ type: 'wait.opened', ...draft, wait: { ...approval, purpose: 'gate', gate }, usage }],
    [closed(approve), { ...succeeded, gate }],
  ],
  'a signal that came late fails its step': [
    [opened({ kind: 'signal', name: 'go', onTimeout: 'fail' })],
    [closed({ timeout: true } as never), failed],
  ],
  'a wait that the end of its run cuts off is over': [
    [opened({ ...approval, purpose: 'step' })],
    [{ type: 'step.cancelled', ...draft }],
    [{ type: 'run.cancelled', at: 9, reason: 'enough' }],
  ],
  'a step in quarantine is no longer under way, and one that a person sends again waits': [
    [begun],
    [quarantined],
    [{ type: 'step.resolved', ...draft, as: 'retry', by: 'anna' }],
    [{ ...begun, attempt: 2 }],
    [{ ...succeeded, attempt: 2 }],
  ],
  'a step in quarantine that a person says has succeeded': [
    [begun],
    [quarantined],
    [
      { type: 'step.resolved', ...draft, as: 'succeed', by: 'anna' },
      { type: 'step.succeeded', ...draft, output },
    ],
  ],
  'a step in doubt that a person says has failed': [
    [begun],
    [inDoubt],
    [{ type: 'step.resolved', ...draft, as: 'fail' }, failed],
  ],
  'what undoes a step is no part of what the step has cost': [
    [begun],
    [succeeded],
    [{ type: 'step.started', at: 5, path: 'draft/compensate', attempt: 1 }],
    [{ type: 'step.succeeded', at: 6, path: 'draft/compensate', attempt: 1, output, usage }],
    [{ type: 'run.failed', at: 7, error }],
  ],
};

describe('The engine, the server and the studio', () => {
  for (const [title, appends] of Object.entries(courses)) {
    it(`tell alike: ${title}`, () => {
      const ends = appends.map((_, index) => 2 + appends.slice(0, index + 1).flat().length);
      expectAgreement([created, started, ...appends.flat()], ends);
    });
  }

  it('agree on every step of any run of any program, at any moment', () => {
    fc.assert(
      fc.property(
        randomProgram,
        fc.integer(),
        fc.integer(),
        fc.option(fc.nat(30), { nil: undefined }),
        (planned, world, order, cancelAt) => {
          const run = simulate(planned, { answer: answersFrom(world), draw: drawsFrom(order), fatal: true });
          for (let turn = 0; !hasEnded(run.state); turn += 1) {
            if (turn === cancelAt) run.cancel();
            if (!hasEnded(run.state)) run.advance();
          }
          const { journal } = run;
          const stride = Math.ceil(journal.length / 8);
          const ends = journal.map((_, index) => index + 1).filter((end) => end > 1 && end % stride === 0);
          // What a wait led to is in the append that closes it.
          const between = ends.filter((end) => journal[end - 1]?.type !== 'wait.closed');
          expectAgreement(journal, [...between, journal.length]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
