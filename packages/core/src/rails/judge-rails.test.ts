import { describe, expect, it } from 'vitest';
import { anyJson } from '../json.ts';
import type { Json } from '../json.ts';
import type { AnyCheck, CheckContext, Vault, Verdict } from '../ports/check.ts';
import type { Clock } from '../ports/clock.ts';
import type { RailUse } from '../program/rails-spec.ts';
import { judgeRails } from './judge-rails.ts';
import { createVaults } from './run-vault.ts';

type Score = (value: Json, vault: Vault | undefined) => Partial<Verdict> | Promise<Partial<Verdict>>;

function rail(name: string, action: RailUse['action'] = 'block', mode: RailUse['mode'] = 'enforce'): RailUse {
  return { name, uses: name, with: {}, action, mode };
}

/** Stands still; whoever lies down is woken when it is told to. */
function stillClock(): { readonly clock: Clock; pass(ms: number): Promise<void> } {
  let now = 0;
  let sleepers: { readonly due: number; readonly wake: () => void }[] = [];
  const settled = (): Promise<void> => new Promise((turn) => setImmediate(turn));
  return {
    clock: {
      now: () => now,
      sleep: (ms, signal) =>
        new Promise((wake) => {
          sleepers.push({ due: now + ms, wake });
          signal?.addEventListener('abort', () => wake());
        }),
    },
    async pass(ms) {
      await settled();
      now += ms;
      for (const { due, wake } of sleepers) if (due <= now) wake();
      sleepers = sleepers.filter(({ due }) => due > now);
      await settled();
    },
  };
}

async function judge(rails: readonly RailUse[], checks: { readonly [name: string]: Score }, value: Json = 'text') {
  const order: string[] = [];
  const all = Object.entries(checks).map(([name, score]): [string, AnyCheck] => [
    name,
    {
      name,
      description: name,
      params: anyJson,
      needs: 'local',
      async score(subject, _params, { vault }) {
        order.push(`${name} ${JSON.stringify(subject.value)}`);
        return { score: 1, verdict: 'pass', reason: 'looked', ...(await score(subject.value, vault)) };
      },
    },
  ]);
  const guarded = { place: 'input' as const, what: 'the input of a', value, input: null, sources: {} };
  const judged = await judgeRails(rails, guarded, {
    checks: new Map(all),
    render: (template) => template,
    record: () => {},
    signal: new AbortController().signal,
    vault: createVaults().of('run'),
    clock: stillClock().clock,
  });
  return { ...judged, order };
}

const pass: Score = () => ({});
const fail: Score = () => ({ score: 0, verdict: 'fail', reason: 'found' });
const error: Score = () => ({ score: 0, verdict: 'error', reason: 'no model' });
const replace =
  (by: Json): Score =>
  () => ({ score: 0, verdict: 'fail', reason: 'found', replacement: by });

describe('judging by rails', () => {
  it('passes a value that all of them pass, or that is only flagged or found in shadow', async () => {
    const rails = [rail('a'), rail('b', 'flag'), rail('c', 'block', 'shadow'), rail('d', 'flag')];
    expect(await judge(rails, { a: pass, b: fail, c: error, d: error })).toMatchObject({
      outcome: 'pass',
      value: 'text',
      replaced: false,
      verdicts: [{ verdict: 'pass' }, { verdict: 'fail' }, { verdict: 'error' }, { verdict: 'error' }],
    });
  });

  it('replaces in order, each rail seeing what those before it left', async () => {
    const rails = [rail('a', 'redact'), rail('b'), rail('c', 'repair'), rail('d')];
    const judged = await judge(rails, { a: replace('one'), b: pass, c: replace('two'), d: pass });
    expect(judged).toMatchObject({ outcome: 'pass', value: 'two', replaced: true });
    expect(judged.order).toEqual(['a "text"', 'b "one"', 'c "one"', 'd "two"']);
  });

  it('blocks by what was found before what could not be looked at, and asks no further', async () => {
    const judged = await judge([rail('a'), rail('b'), rail('c', 'redact'), rail('d')], {
      a: error,
      b: fail,
      c: pass,
      d: pass,
    });
    expect(judged).toMatchObject({
      outcome: 'block',
      value: undefined,
      error: { code: 'RAIL_BLOCKED', details: { rail: 'b' } },
    });
    expect(judged.order.at(-1)).toContain('c ');
    expect(await judge([rail('a'), rail('b', 'ask')], { a: error, b: fail })).toMatchObject({
      outcome: 'block',
      error: { code: 'RAIL_FAILED', kind: 'retryable', message: expect.stringContaining('no model') },
    });
  });

  it('blocks where a replacement was wanted and none is offered', async () => {
    expect(await judge([rail('a', 'redact')], { a: fail })).toMatchObject({
      outcome: 'block',
      error: { code: 'RAIL_BLOCKED' },
    });
  });

  it('asks when nothing blocks, about the value with what was replaced in it', async () => {
    const judged = await judge([rail('a', 'ask'), rail('b', 'redact')], { a: fail, b: replace('hidden') });
    expect(judged).toMatchObject({ outcome: 'ask', value: 'hidden' });
  });

  it('takes an unknown check for one that cannot run', async () => {
    expect(await judge([rail('gone')], {})).toMatchObject({ error: { code: 'RAIL_FAILED' } });
  });

  it('tells those that hide what was hidden before, and those that do not hide nothing of it', async () => {
    const told: (Vault | undefined)[] = [];
    const hide: Score = (_, vault) => {
      told.push({ ...vault });
      const name = `<X_${told.length}>`;
      return { score: 0, verdict: 'fail', reason: 'found', replacement: name, vault: { [name]: 'secret' } };
    };
    const look: Score = (_, vault) => (told.push(vault), {});
    const judged = await judge([rail('a', 'redact'), rail('b', 'redact'), rail('c')], { a: hide, b: hide, c: look });
    expect(told).toEqual([{}, { '<X_1>': 'secret' }, undefined]);
    expect(judged.placeholders).toEqual(['<X_1>', '<X_2>']);
  });
});

describe('the vault of a run', () => {
  it('takes placeholders of which only the name is known for themselves', () => {
    const vault = createVaults().of('run', ['<EMAIL_1>']);
    expect(vault.known()).toEqual({ '<EMAIL_1>': '<EMAIL_1>' });
    expect(vault.keep({ '<EMAIL_1>': '<EMAIL_1>', '<EMAIL_2>': 'b' })).toEqual(['<EMAIL_2>']);
  });

  it('is the same for all who ask for the run, until it is dropped', () => {
    const vaults = createVaults();
    vaults.of('run').keep({ '<EMAIL_1>': 'a' });
    expect(vaults.of('run', ['<EMAIL_1>', '<EMAIL_2>']).known()).toEqual({
      '<EMAIL_1>': 'a',
      '<EMAIL_2>': '<EMAIL_2>',
    });
    vaults.drop('run');
    expect(vaults.of('run').known()).toEqual({});
  });

  it('of the run longest unused is forgotten when there are too many', () => {
    const vaults = createVaults(2);
    for (const run of ['a', 'b', 'a', 'c']) vaults.of(run).keep({ '<X_1>': run });
    expect(vaults.of('a').known()).toEqual({ '<X_1>': 'a' });
    expect(vaults.of('b').known()).toEqual({});
  });

  it('lets one hide at a time, also after one that failed', async () => {
    const vault = createVaults().of('run');
    const order: string[] = [];
    const slow = vault.alone(async () => {
      await Promise.resolve();
      order.push('first');
      throw new Error('it failed');
    });
    const next = vault.alone(() => Promise.resolve(order.push('second')));
    await expect(slow).rejects.toThrow('it failed');
    await next;
    expect(order).toEqual(['first', 'second']);
  });
});

describe('a rail that takes too long', () => {
  const slow = (answer: Promise<Verdict>, seen: (context: CheckContext) => void): AnyCheck => ({
    name: 'slow',
    description: 'slow',
    params: anyJson,
    needs: 'model',
    score: (_subject, _params, context) => {
      seen(context);
      return answer;
    },
  });
  const passing: Verdict = { score: 1, verdict: 'pass', reason: 'looked' };

  function judging(rails: readonly RailUse[], answer: Promise<Verdict>, signal = new AbortController().signal) {
    const { clock, pass: passes } = stillClock();
    let context: CheckContext | undefined;
    const judged = judgeRails(
      rails,
      { place: 'input', what: 'the input of a', value: 'text', input: null, sources: {} },
      {
        checks: new Map([['slow', slow(answer, (given) => (context = given))]]),
        render: (template) => template,
        record: () => {},
        signal,
        sharing: { turn: {} },
        vault: createVaults().of('run'),
        clock,
      },
    );
    return { judged, passes, context: () => context };
  }

  it.each([
    ['a minute', {}, 60_000],
    ['its own limit', { timeoutMs: 5000 }, 5000],
  ])('gives an error that holds the value back after %s, and is told to stop', async (_, own, ms) => {
    const rails = [{ ...rail('slow'), ...own }];
    const { judged, passes, context } = judging(rails, new Promise(() => {}));
    await passes(ms - 1);
    expect(context()?.signal.aborted).toBe(false);
    await passes(1);
    expect(await judged).toMatchObject({
      outcome: 'block',
      value: undefined,
      error: { code: 'RAIL_FAILED', kind: 'retryable', message: expect.stringContaining(`within ${ms} ms`) },
      verdicts: [{ verdict: 'error' }],
    });
    expect(context()?.signal.aborted).toBe(true);
  });

  it('lets the value go on when it only flags', async () => {
    const { judged, passes } = judging([rail('slow', 'flag')], new Promise(() => {}));
    await passes(60_000);
    expect(await judged).toMatchObject({ outcome: 'pass', verdicts: [{ verdict: 'error' }] });
  });

  it('gives the vault back to those who wait for it, and its late answer hides nothing', async () => {
    const answer = Promise.withResolvers<Verdict>();
    const { judged, passes } = judging([rail('slow', 'redact')], answer.promise);
    await passes(60_000);
    answer.resolve({ ...passing, verdict: 'fail', replacement: '<EMAIL_1>', vault: { '<EMAIL_1>': 'ann' } });
    expect(await judged).toMatchObject({ outcome: 'block', placeholders: [] });
  });

  it('is not one whose model call waits for a rate limit', async () => {
    const answer = Promise.withResolvers<Verdict>();
    const { judged, passes, context } = judging([rail('slow')], answer.promise);
    const admitted = context()?.sharing?.onWait?.({ of: 'x/y', unit: 'requests', perMinute: 1 });
    await passes(60_000);
    await passes(60_000);
    admitted?.();
    await passes(59_000);
    answer.resolve(passing);
    expect(await judged).toMatchObject({ outcome: 'pass' });
  });

  it('is waited for no longer when nobody wants its answer any more', async () => {
    const aborting = new AbortController();
    const { judged } = judging([rail('slow')], new Promise(() => {}), aborting.signal);
    aborting.abort(new Error('cancelled'));
    await expect(judged).rejects.toThrow('cancelled');
  });
});
