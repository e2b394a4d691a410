/** What judges of a step are shown on another worker, and where it may be sent from there. */
import { checksOfGate, joinAll, marked, wholeOf } from '@telos/core';
import type { Json } from '@telos/core';
import type { Prepared } from '../attempt/preparing.ts';
import { broughtBy, carriedBy } from '../attempt/ready-attempt.ts';
import type { ReadyAttempt } from '../attempt/ready-attempt.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfShown, mayHavePrivateOf } from '../labels/private-judging.ts';
import type { MayHave } from '../labels/private-judging.ts';
import type { WorkerDeps } from '../ports.ts';
import { afterCall } from '../rails/rails-of.ts';
import type { Task } from './task.ts';

/** Whether anything private stands beside the input and the output of a step in what its judges are shown. Its owner knows. */
export function judgesPrivate(desk: Desk, { at, rails = {} }: Prepared): boolean {
  const uses = [...checksOfGate(at.step.gate), ...afterCall.flatMap((place) => rails[place] ?? [])];
  return labellingOfShown(desk, { frame: at.frame, reads: at.step.reads, values: [], uses }).private !== undefined;
}

/** Where those who judge what a call gave may send it, as the worker that made the call knows. */
export function mayHaveElsewhere(
  deps: Pick<WorkerDeps, 'privateHosts'>,
  { judgesPrivate: besidePrivate }: Pick<Task, 'judgesPrivate'>,
  ready: ReadyAttempt,
  output: Json,
): MayHave {
  const { path, labelling, linked } = ready.attempt;
  const beside = marked(besidePrivate === true ? ['private'] : [], path);
  const carried = carriedBy(ready, broughtBy(ready, output));
  const shown = joinAll([labelling, carried, beside].map(wholeOf));
  return mayHavePrivateOf(deps, [linked.program.permissions], shown);
}
