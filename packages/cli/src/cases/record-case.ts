/**
 * Records a case: its calls are really made, then the run is made once more with
 * what they gave, private values masked and time standing still. What is asked
 * that second time is what stands in the cassette, so a test passes by it as it
 * was recorded, and says so at once where it cannot.
 */
import { TelosError } from '@telos/core';
import { requestHash } from '@telos/language';
import type { CassetteCase, RecordedCall, TestCase } from '@telos/language';
import { fromCassette, inOrder, madeForReal } from '../outside/answers.ts';
import type { AnsweredCall } from '../outside/answers.ts';
import { createMasks, maskedCalls, withoutHidden } from '../outside/mask-private.ts';
import type { Masks } from '../outside/mask-private.ts';
import { runCase } from './run-case.ts';
import type { CaseRun, CaseWorld } from './run-case.ts';

export type Recording = {
  readonly run: CaseRun;
  readonly calls: CassetteCase['calls'];
  /** How many texts were masked. */
  readonly masked: number;
};

export type RecordOptions = {
  readonly live: readonly string[];
  readonly keepsPrivate: boolean;
  /** Calls that are not made again. */
  readonly known: readonly RecordedCall[];
};

/** @throws TelosError TEST_NOT_REPEATABLE when the run takes another way with what was masked. */
export async function recordCase(
  { inputs, now, mocks, decisions, signals }: TestCase,
  { live, keepsPrivate, known }: RecordOptions,
  world: CaseWorld,
): Promise<Recording> {
  const given = { inputs, now, mocks, decisions, signals, live };
  const answers = known.length === 0 ? madeForReal : fromCassette(known, () => {}, madeForReal);
  const real = await runCase({ ...given, answers, isReal: true }, world);
  const masks = createMasks();
  const calls = keepsPrivate
    ? real.answered
    : withoutHidden(masks, maskedCalls(masks, real.answered, real.folded?.steps), real.hidden, inputs);
  return repeat(given, calls, real, masks, world);
}

type Given = Pick<TestCase, 'inputs' | 'now' | 'mocks' | 'decisions' | 'signals'> & {
  readonly live: readonly string[];
};

/**
 * Makes a run once more with what its calls gave.
 *
 * @param before How it ended: it has to end so again.
 * @throws TelosError TEST_NOT_REPEATABLE
 */
export async function repeat(
  given: Given,
  calls: readonly AnsweredCall[],
  before: Pick<CaseRun, 'status' | 'error'>,
  masks: Masks,
  world: CaseWorld,
): Promise<Recording> {
  const misses: TelosError[] = [];
  const answers = inOrder(calls, (error) => void misses.push(error));
  const run = await runCase({ ...given, answers, isReal: false }, world);
  const masked = masks.marks.size;
  const [miss] = misses;
  if (miss !== undefined || run.status !== before.status || run.error?.code !== before.error?.code) {
    const { problems, waiting } = run;
    const more = problems.length + waiting.length === 0 ? '' : `: ${[...problems, ...waiting].join('; ')}`;
    const ended = `it ended ${run.status}${run.error === undefined ? '' : ` (${run.error.code}: ${run.error.message})`}, and before ${before.status}${more}`;
    const why = masked === 0 ? '' : ` ${masked} private texts had been masked.`;
    throw new TelosError(
      'TEST_NOT_REPEATABLE',
      `${miss?.message ?? `When the run was made once more, ${ended}.`}${why}`,
    );
  }
  return {
    run,
    masked,
    calls: run.answered.map(({ attempt: _, ...call }) => ({ ...call, request: requestHash(call) })),
  };
}
