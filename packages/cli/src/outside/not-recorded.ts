import { TelosError } from '@telos/core';
import type { JsonObject } from '@telos/core';
import type { OutsideCall, RecordedCall } from '@telos/language';
import { plainPath, requestHash } from '@telos/language';
import { differencesOf, differenceText } from './differences.ts';

/**
 * Why a call has no answer: which step asks what, and how the recorded call that is nearest to it differs.
 *
 * @param left Of the recorded calls those that were not asked for yet.
 */
export function notRecorded(
  call: OutsideCall,
  recorded: readonly RecordedCall[],
  left: ReadonlySet<RecordedCall>,
): TelosError {
  const { step, name } = call;
  const what = `${step} calls ${name}, and the cassette has no answer to that`;
  const details: JsonObject = { step, name, request: requestHash(call) };
  const same = recorded.filter((each) => each.step === step && each.request === requestHash(call));
  if (same.length > 0) {
    const times = same.length === 1 ? 'once' : `${same.length} times`;
    return new TelosError(
      'CALL_NOT_RECORDED',
      `${step} calls ${name} once more: this very call is recorded ${times}.`,
      {
        details,
      },
    );
  }
  const near = nearest(call, recorded, left);
  if (near === undefined) return new TelosError('CALL_NOT_RECORDED', `${what}: it has no call like it.`, { details });
  const differences = differencesOf(near.with, call.with, 'equal', 3).map((difference) => {
    const where = difference.path === '' ? 'with' : `with.${difference.path}`;
    return `${where}: ${differenceText(difference)}`;
  });
  if (near.name !== name) differences.unshift(`${near.kind}: recorded ${near.name}, now ${name}`);
  const which = near.step === step ? 'The nearest recorded call' : `The nearest recorded call, of ${near.step},`;
  return new TelosError('CALL_NOT_RECORDED', `${what}. ${which} differs: ${differences.join('; ')}.`, {
    details: { ...details, nearest: { step: near.step, request: near.request }, differences },
  });
}

/** Of the same step, best one that nobody has asked for; else of another instance of it; with the fewest differences. */
function nearest(
  call: OutsideCall,
  recorded: readonly RecordedCall[],
  left: ReadonlySet<RecordedCall>,
): RecordedCall | undefined {
  const alike = recorded.filter((each) => each.kind === call.kind && plainPath(each.step) === plainPath(call.step));
  const rank = (each: RecordedCall): number =>
    differencesOf(each.with, call.with, 'equal', 50).length +
    (each.name === call.name ? 0 : 100) +
    (each.step === call.step ? 0 : 200) +
    (left.has(each) ? 0 : 400);
  return alike.toSorted((one, other) => rank(one) - rank(other))[0];
}
