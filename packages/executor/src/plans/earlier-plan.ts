/** What a planner is told of the plan that it is to replace: what each step gave, or why it failed, and what was said of its objectives. */
import { beginningOf, labellingOf, stepPath } from '@telos/core';
import type { EarlierPlan, EarlierStep, Frame, Program, RunState, StepPath, StepState } from '@telos/core';
import { configuredModels } from '@telos/language';
import { labellingOfAll } from '../labels/labelling.ts';
import type { Lookup } from '../scope/values.ts';

const withheld = '(private: not shown)';

/** In characters: of what one step gave, and of all of them. */
const longestOutput = 3000;
const longestOutputs = 20_000;

export type Ended = {
  readonly frame: Frame;
  readonly program: Program;
  readonly error: string | undefined;
  readonly scores: EarlierPlan['scores'];
};

/** @param privateHosts Whom private data may be shown: models are told of it only where they are among them. */
export function earlierPlan(
  state: RunState,
  { frame, program, error, scores }: Ended,
  lookup: Lookup,
  privateHosts: readonly string[] = configuredModels,
): Omit<EarlierPlan, 'source'> {
  let room = longestOutputs;
  const isOpen = privateHosts.includes('models');
  const isHidden = (known: StepState | undefined, path: StepPath): boolean =>
    !isOpen && known !== undefined && 'labels' in known && labellingOf(known, path).private !== undefined;
  const steps = frame.steps.map(({ id }): EarlierStep => {
    const path = stepPath(frame.path, id);
    const known = state.steps.get(path);
    const status = known?.status ?? 'not started';
    if (known?.status === 'failed') {
      if (isHidden(known, path)) return { step: id, status, failed: `${known.error.code}: ${withheld}` };
      const { code, message, path: inside } = known.error;
      const where = inside === undefined || inside === path ? '' : ` at ${inside}`;
      return { step: id, status, failed: beginningOf(`${code}${where}: ${message}`, longestOutput) };
    }
    if (known?.status !== 'succeeded') return { step: id, status };
    if (isHidden(known, path)) return { step: id, status, gave: withheld };
    const whole = JSON.stringify(lookup(known.output));
    const gave = beginningOf(whole, Math.max(0, Math.min(longestOutput, room)));
    room -= gave.length;
    return { step: id, status, gave: gave.length < whole.length ? `${gave} [cut]` : gave };
  });
  // What is said of all of it together may quote any of it.
  const isQuiet = !isOpen && labellingOfAll(state, frame.path, [{ frame }]).private !== undefined;
  const said = scores.map((score) => (isQuiet ? quiet(score) : score));
  return { program, steps, scores: said, ...(error === undefined ? {} : { error: isQuiet ? withheld : error }) };
}

/** Whether it was reached, and nothing of what was seen. */
function quiet({ evidence: _quoted, ...score }: Ended['scores'][number]): Ended['scores'][number] {
  return { ...score, reason: withheld };
}
