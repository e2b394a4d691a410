/** Who answers the calls of a run in place of models and tools. */
import { TelosError } from '@telos/core';
import type { Cassette, OutsideAnswer, OutsideCall, RecordedCall } from '@telos/language';
import { requestHash } from '@telos/language';
import { notRecorded } from './not-recorded.ts';

export interface Answers {
  /**
   * @param attempt Of its step.
   * @param make Makes the call really. Rejects only on an abort.
   */
  answer(call: OutsideCall, attempt: number, make: () => Promise<OutsideAnswer>): Promise<OutsideAnswer>;
}

/** A call and what it gave, as it was made. */
export type AnsweredCall = OutsideCall & OutsideAnswer & { readonly attempt: number };

/** The name of a tool that is known by its step alone. */
export const anyTool = '';

/** Calls are really made. */
export const madeForReal: Answers = { answer: (_call, _attempt, make) => make() };

/**
 * From a cassette: the answer to the same request of the same step, each once, in their order.
 *
 * @param missing Who answers what is not recorded; absent: nobody, and the call fails.
 * @param onMissing Told of each call that nobody answered.
 */
export function fromCassette(
  calls: readonly RecordedCall[],
  onMissing: (error: TelosError) => void,
  missing?: Answers,
): Answers {
  const left = new Set(calls);
  return {
    async answer(call, attempt, make) {
      const request = requestHash(call);
      for (const recorded of left) {
        if (recorded.step !== call.step || recorded.request !== request) continue;
        left.delete(recorded);
        return recorded;
      }
      if (missing !== undefined) return missing.answer(call, attempt, make);
      const error = notRecorded(call, calls, left);
      onMissing(error);
      throw error;
    },
  };
}

/**
 * From calls that were made before, whatever exactly is asked: the same request of the same attempt first, else the
 * next of its step. What a run is made of once more when what it is given was masked.
 */
export function inOrder(calls: readonly AnsweredCall[], onMissing: (error: TelosError) => void): Answers {
  const left = new Set(calls);
  return {
    async answer(call, attempt) {
      const fitting = [...left].filter(
        ({ step, kind, name }) =>
          step === call.step && kind === call.kind && (kind === 'model' || name === anyTool || name === call.name),
      );
      const request = requestHash(call);
      const found =
        fitting.find((each) => each.attempt === attempt && requestHash(each) === request) ??
        fitting.find((each) => each.attempt === attempt) ??
        fitting[0];
      if (found !== undefined) {
        left.delete(found);
        return found;
      }
      const message =
        call.step === '@input'
          ? `The rails of the run's input asked ${call.name}, and of that the journal keeps the verdicts alone.`
          : `${call.step} called ${call.name} when the run was made once more, and had not called it so before.`;
      const error = new TelosError('TEST_NOT_REPEATABLE', message, { details: { step: call.step, name: call.name } });
      onMissing(error);
      throw error;
    },
  };
}

/** The calls of a case; none where it was never recorded. */
export function callsOf(cassette: Cassette | undefined, name: string): readonly RecordedCall[] {
  const cases = cassette?.cases ?? {};
  return Object.hasOwn(cases, name) ? (cases[name]?.calls ?? []) : [];
}
