import { describe, expect, it } from 'vitest';
import { action, foreach, inSequence, parallel, plan, programOf, switchOf } from '../testing/programs.ts';
import {
  cancelledStep,
  errorOf,
  failedStep,
  started,
  startedStep,
  stateOf,
  succeededStep,
} from '../testing/specification.ts';
import type { Program } from '../program/program.ts';
import type { Action } from './action.ts';
import type { Opening, RunEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { createFrontier } from './create-frontier.ts';
import { next } from './next.ts';

/** A frontier that is told events one by one, and says in words what it offers after the last of them. */
function follow(program: Program, ...past: readonly RunEvent[]) {
  let state = stateOf(started, ...past);
  const frontier = createFrontier(program, state);
  function told(...events: readonly RunEvent[]): readonly Action[] {
    for (const event of events) {
      state = evolve(state, event);
      frontier.observe(event);
    }
    return frontier.take();
  }
  return {
    told,
    tell: (...events: readonly RunEvent[]) => told(...events).map(words),
    offers: () => frontier.take().map(words),
    cancel: () => told({ type: 'run.ending', at: 9, cause: { cancelled: 'asked' } }).map(words),
  };
}

function words(action: Action): string {
  switch (action.do) {
    case 'conclude':
    case 'finish':
      return `${action.do} ${action.outcome.status}`;
    case 'close':
      return `close ${action.path} ${action.outcome.status}`;
    case 'retry':
      return `retry ${action.path} ${action.attempt} at ${action.dueAt}`;
    case 'wait':
      return `wait ${action.path} ${action.attempt}${action.dueAt === undefined ? '' : ` until ${action.dueAt}`}`;
    case 'advance':
      return `advance ${action.path} after ${action.round}`;
    case 'expire':
      return `expire ${action.path} at ${action.dueAt}`;
    case 'recover':
      return `recover ${action.path} ${action.attempt}`;
    case 'start':
    case 'open':
    case 'abort':
    case 'withdraw':
      return `${action.do} ${action.path}`;
  }
}

function opened(path: string, opening: Opening): RunEvent {
  return { type: 'block.opened', at: 4, path, opening };
}

function items(path: string, count: number): readonly RunEvent[] {
  return [startedStep(path), opened(path, { foreach: { value: [] }, count })];
}

function attemptFailed(path: string, attempt = 1): RunEvent {
  return { type: 'attempt.failed', at: 4, path, attempt, error: errorOf('retryable'), retryAt: 50 };
}

/** Starts and succeeds. */
function done(path: string): readonly RunEvent[] {
  return [startedStep(path), succeededStep(path)];
}

describe('a list of steps', () => {
  it('is offered one by one when it is a sequence, then the end of the run', () => {
    const run = follow(programOf(...inSequence(action('a'), action('b'))));
    expect(run.offers()).toEqual(['start a']);
    expect(run.tell(startedStep('a'))).toEqual([]);
    expect(run.tell(succeededStep('a'))).toEqual(['start b']);
    expect(run.tell(...done('b'))).toEqual(['finish succeeded']);
  });

  it('offers side by side what has no edge between, and joins after the last', () => {
    const run = follow(programOf(action('a'), action('b'), action('c', { after: ['a', 'b'] })));
    expect(run.offers()).toEqual(['start a', 'start b']);
    expect(run.tell(...done('b'))).toEqual([]);
    expect(run.tell(...done('a'))).toEqual(['start c']);
  });

  it('goes on after a step that was skipped, or that failed and may', () => {
    const run = follow(programOf(...inSequence(action('a'), action('b', { onError: 'continue' }), action('c'))));
    run.offers();
    expect(run.tell({ type: 'step.skipped', at: 3, path: 'a', reason: 'when' })).toEqual(['start b']);
    expect(run.tell(startedStep('b'), failedStep('b'))).toEqual(['start c']);
  });

  it('without steps has ended at once', () => {
    expect(follow(programOf()).offers()).toEqual(['finish succeeded']);
  });

  it('offers nothing more once the run has ended, also of what was not taken', () => {
    const run = follow(programOf(action('a'), action('b')));
    expect(run.tell(startedStep('a'), { type: 'run.cancelled', at: 9, reason: 'asked' }, succeededStep('a'))).toEqual(
      [],
    );
    expect(run.cancel()).toEqual([]);
  });
});

describe('a step that fails', () => {
  const program = programOf(action('a'), action('b'), action('c'), action('d', { after: ['a'] }));

  it('aborts what runs beside it, withdraws what was offered, and offers nothing after it', () => {
    const run = follow(program);
    expect(run.offers()).toEqual(['start a', 'start b', 'start c']);
    expect(run.tell(startedStep('a'), startedStep('b'), failedStep('a'))).toEqual(['abort b', 'withdraw c']);
    expect(run.tell(cancelledStep('b'))).toEqual(['finish failed']);
  });

  it('leaves what was offered but not taken out of the next offer', () => {
    const run = follow(program);
    run.offers();
    // `d` is offered when `a` succeeds, and taken back when `b` fails.
    const events = [startedStep('a'), startedStep('b'), succeededStep('a'), failedStep('b')];
    expect(run.tell(...events)).toEqual(['withdraw c', 'finish failed']);
  });

  it('has a step aborted that started before its withdrawal was taken, and waits for that', () => {
    const run = follow(program);
    run.offers();
    expect(run.tell(startedStep('a'), ...done('b'), failedStep('a'), startedStep('c'))).toEqual(['abort c']);
    expect(run.tell(cancelledStep('c'))).toEqual(['finish failed']);
  });

  it('offers no abortion of what ended by itself meanwhile', () => {
    const run = follow(program);
    run.offers();
    const events = [startedStep('a'), startedStep('b'), failedStep('a'), succeededStep('b')];
    expect(run.tell(...events)).toEqual(['withdraw c', 'finish failed']);
  });

  it('aborts a step that waits for another attempt', () => {
    const run = follow(program);
    run.offers();
    expect(run.tell(startedStep('a'), startedStep('b'), attemptFailed('b'))).toEqual(['retry b 2 at 50']);
    expect(run.tell(failedStep('a'))).toEqual(['abort b', 'withdraw c']);
  });

  it('has a step aborted again that was quicker and ended in another attempt', () => {
    const run = follow(program);
    run.offers();
    expect(run.tell(startedStep('a'), startedStep('b'), failedStep('a'))).toEqual(['abort b', 'withdraw c']);
    expect(run.tell(attemptFailed('b'))).toEqual(['abort b']);
  });

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('gives its error to the run: the first in the list when %s fails and then %s', (one, other) => {
    const run = follow(program);
    run.offers();
    run.tell(startedStep('a'), startedStep('b'), failedStep(one));
    const finish = { do: 'finish', outcome: { status: 'failed', error: { ...errorOf('terminal'), path: 'a' } } };
    expect(run.told(failedStep(other))).toEqual([finish]);
    const past = [startedStep('a'), startedStep('b'), failedStep(one), failedStep(other)];
    expect(next(program, stateOf(started, ...past))).toEqual([finish]);
  });
});

describe('a foreach', () => {
  const program = (options: Parameters<typeof foreach>[2]) => programOf(foreach('f', [action('a')], options));

  it('has no more items open than it may, and takes the next as one ends', () => {
    const run = follow(program({ maxParallel: 2 }));
    run.offers();
    expect(run.tell(...items('f', 4))).toEqual(['start f[0].a', 'start f[1].a']);
    expect(run.tell(...done('f[1].a'))).toEqual(['start f[2].a']);
    expect(run.tell(...done('f[0].a'))).toEqual(['start f[3].a']);
  });

  it('closes with its items in order, whichever ended first', () => {
    const run = follow(program({ maxParallel: 3 }));
    run.tell(...items('f', 3), ...done('f[2].a'), ...done('f[0].a'), startedStep('f[1].a'));
    const [close] = run.told(succeededStep('f[1].a'));
    expect(close).toMatchObject({ do: 'close', path: 'f', outcome: { status: 'succeeded' } });
    expect(close).toMatchObject({ frames: ['f[0]', 'f[1]', 'f[2]'].map((path) => ({ frame: { path } })) });
  });

  it('without items closes at once', () => {
    const run = follow(program({}));
    run.offers();
    expect(run.tell(...items('f', 0))).toEqual(['close f succeeded']);
  });

  it('that fails with an item aborts the others and begins no more', () => {
    const run = follow(program({ maxParallel: 3 }));
    run.offers();
    run.tell(...items('f', 9), startedStep('f[0].a'), startedStep('f[1].a'));
    expect(run.tell(failedStep('f[1].a'))).toEqual(['abort f[0].a', 'withdraw f[2].a']);
    expect(run.tell(cancelledStep('f[0].a'))).toEqual(['close f failed']);
    expect(run.tell(failedStep('f'))).toEqual(['finish failed']);
  });

  it.each(['collect', 'skip'] as const)('goes on past failed items when it is to %s them', (onItemError) => {
    const run = follow(program({ maxParallel: 1, onItemError }));
    run.tell(...items('f', 2));
    expect(run.tell(startedStep('f[0].a'), failedStep('f[0].a'))).toEqual(['start f[1].a']);
    expect(run.tell(...done('f[1].a'))).toEqual(['close f succeeded']);
  });

  it('says which items failed, and with what', () => {
    const state = stateOf(started, ...items('f', 2), startedStep('f[0].a'), failedStep('f[0].a'), ...done('f[1].a'));
    const [close] = next(program({ onItemError: 'collect' }), state);
    expect(close).toMatchObject({ frames: [{ error: { path: 'f[0].a' } }, { frame: { path: 'f[1]' } }] });
  });

  it('inside another aborts down to the steps, and closes from within', () => {
    const program = programOf(action('b'), foreach('f', [foreach('g', [action('a')])]));
    const run = follow(program);
    run.tell(...items('f', 2), ...items('f[0].g', 2), startedStep('f[0].g[0].a'), startedStep('b'));
    expect(run.tell(failedStep('b'))).toEqual(['abort f[0].g[0].a']);
    expect(run.tell(cancelledStep('f[0].g[0].a'))).toEqual(['close f[0].g cancelled']);
    expect(run.tell(cancelledStep('f[0].g'))).toEqual(['close f cancelled']);
    expect(run.tell(cancelledStep('f'))).toEqual(['finish failed']);
  });
});

describe('the other blocks', () => {
  it('run the branches of a parallel side by side', () => {
    const program = programOf(parallel('p', { left: [action('a')], right: [action('a')] }));
    const run = follow(program, startedStep('p'), opened('p', { branches: ['left', 'right'] }));
    expect(run.offers()).toEqual(['start p.left.a', 'start p.right.a']);
    expect(run.tell(...done('p.left.a'), ...done('p.right.a'))).toEqual(['close p succeeded']);
  });

  it('run one case of a switch', () => {
    const run = follow(
      programOf(switchOf('s', [[action('a')], [action('b')]])),
      startedStep('s'),
      opened('s', { case: 1 }),
    );
    expect(run.offers()).toEqual(['start s[1].b']);
  });

  it('run the plan that was accepted, and stop at one that nobody loaded', () => {
    const program = programOf(plan('p', 'hash'));
    const state = stateOf(started, startedStep('p'), opened('p', { plan: 'hash' }));
    expect(next(program, state, () => programOf(action('a'))).map(words)).toEqual(['start p#1.a']);
    expect(() => next(program, state)).toThrow(/program of p was not loaded/);
  });
});

describe('a cancelled run', () => {
  it('withdraws and aborts, and ends when that is recorded', () => {
    const run = follow(programOf(action('a'), action('b'), action('c', { after: ['a'] })));
    run.offers();
    run.tell(startedStep('a'));
    expect(run.cancel()).toEqual(['abort a', 'withdraw b']);
    expect(run.cancel()).toEqual([]);
    expect(run.tell(cancelledStep('a'))).toEqual(['finish cancelled']);
  });

  it('has the end of a block aborted that was just being recorded', () => {
    const run = follow(programOf(foreach('f', [action('a')])));
    run.tell(...items('f', 1));
    expect(run.tell(...done('f[0].a'))).toEqual(['close f succeeded']);
    expect(run.cancel()).toEqual(['abort f']);
  });

  it('ends as cancelled also when another end was offered and not recorded', () => {
    const run = follow(programOf(action('a')));
    run.offers();
    expect(run.tell(...done('a'))).toEqual(['finish succeeded']);
    expect(run.cancel()).toEqual(['finish cancelled']);
  });
});

describe('a new owner', () => {
  it('is offered what the journal leaves open', () => {
    const program = programOf(
      action('a'),
      action('b'),
      action('c'),
      foreach('f', []),
      foreach('g', [action('x')]),
      action('z'),
    );
    const past = [
      startedStep('a'),
      startedStep('b'),
      attemptFailed('b'),
      ...done('c'),
      startedStep('f'),
      ...items('g', 1),
    ];
    expect(follow(program, ...past).offers()).toEqual([
      'recover a 1',
      'retry b 2 at 50',
      'open f',
      'start g[0].x',
      'start z',
    ]);
  });

  it('is offered nothing of a run that has ended', () => {
    const end: RunEvent = { type: 'run.cancelled', at: 9, reason: 'asked' };
    expect(next(programOf(action('a'), action('b')), stateOf(started, ...done('a'), end))).toEqual([]);
    expect(next(programOf(action('a')), stateOf(started, ...done('a'), end))).toEqual([]);
  });

  it('aborts each step beside a failed one once, and recovers none', () => {
    const past = [startedStep('a'), startedStep('b'), failedStep('a')];
    expect(follow(programOf(action('a'), action('b'), action('c')), ...past).offers()).toEqual(['abort b']);
  });

  it('recovers and begins no item before a failed one', () => {
    const program = programOf(foreach('f', inSequence(action('a'), action('b')), { maxParallel: 3 }));
    const past = [
      ...items('f', 5),
      ...done('f[0].a'),
      startedStep('f[1].a'),
      startedStep('f[2].a'),
      failedStep('f[2].a'),
    ];
    expect(follow(program, ...past).offers()).toEqual(['abort f[1].a']);
  });

  it('finds an item that runs behind one that never began', () => {
    const program = programOf(foreach('f', [action('a')], { maxParallel: 3 }));
    const past = [...items('f', 5), startedStep('f[0].a'), startedStep('f[2].a'), failedStep('f[0].a')];
    const run = follow(program, ...past);
    expect(run.offers()).toEqual(['abort f[2].a']);
    expect(run.tell(cancelledStep('f[2].a'))).toEqual(['close f failed']);
  });
});
