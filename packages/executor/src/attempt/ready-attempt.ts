/**
 * An attempt that is ready to be made: its tool found, its input rendered. Its
 * run's owner and a worker that it is placed with make it in one way; what each
 * of them alone knows, it says as its `AttemptMaker`.
 */
import { turnOf } from '@telos/core';
import type { ActionStep, AnyTool, CheckUse, Json, Keeping, Labelling } from '@telos/core';
import { labellingOfOutput } from '../labels/labelling.ts';
import type { MayHave } from '../labels/private-judging.ts';
import { createRailing } from '../rails/railing.ts';
import type { Answered, Railing } from '../rails/railing.ts';
import type { TurnRails } from '../rails/turn-rails.ts';
import type { AttemptHooks } from '../running/active-step.ts';
import type { StepHost } from '../running/step-context.ts';
import type { Rendered } from '../scope/rendering.ts';
import type { CacheHit } from './caching.ts';
import type { Attempt } from './preparing.ts';

/** `input`, secrets in place, is for its tool alone; `shown` is what checks may see. */
export type ReadyAttempt = Rendered & {
  readonly attempt: Attempt;
  readonly tool: AnyTool;
  /** What an equal call has given stands for this one, which is not made. */
  readonly hit?: CacheHit | undefined;
};

export interface AttemptMaker {
  readonly host: StepHost;
  /** Where those who judge what the call gave may send it. */
  mayHave(uses: readonly CheckUse[], output: Json): MayHave;
  /** Of the turn of an agent: what looks at its parts. */
  readonly says?: TurnRails | undefined;
  /** How what rails may put back is kept. Absent: nothing can be put back. */
  readonly keeping?: Keeping | undefined;
  /** Puts answers of rails into the journal before a gate is asked, which takes time. Absent: they go there with the outcome. */
  record?(answers: readonly Answered[]): Promise<void>;
}

/** The rails behind its call; undefined for nearly every one. */
export function railingOf({ attempt }: ReadyAttempt, maker: AttemptMaker, hooks: AttemptHooks): Railing | undefined {
  const { step, rails } = attempt;
  if (rails === undefined) return undefined;
  const { deps, state, vault } = maker.host;
  return createRailing({
    ...attempt,
    hooks,
    checks: deps.checks,
    clock: deps.clock,
    vault,
    turn: turnOf(state),
    says: maker.says,
    keeping: maker.keeping,
    record: step.gate === undefined ? undefined : maker.record?.bind(maker),
    mayHave: (uses, output) => maker.mayHave(uses, output),
  });
}

/** What an output carries by this very call; undefined when its tool says nothing of it. */
export function broughtBy({ tool, input, hit }: ReadyAttempt, output: Json): Labelling | undefined {
  if (hit !== undefined) return hit.labelling;
  if (tool.labelsOf === undefined) return undefined;
  const parsed = tool.input.safeParse(input);
  return parsed.success ? tool.labelsOf(parsed.data, output) : undefined;
}

/** What its output carries, or its error. */
export function carriedBy(ready: ReadyAttempt, brought?: Labelling): Labelling {
  return carriedWith(ready.attempt.step, ready, brought);
}

/** The same, with nobody vouching for it. */
export function carriedUnvouched(ready: ReadyAttempt, brought?: Labelling): Labelling {
  return carriedWith({}, ready, brought);
}

function carriedWith(
  step: Pick<ActionStep, 'trust'>,
  { attempt, tool, hit }: ReadyAttempt,
  brought: Labelling | undefined = hit?.labelling,
): Labelling {
  const { path, labelling } = attempt;
  const { returns, echoes } = tool;
  return labellingOfOutput({ step, path, input: labelling, returns, brought, echoes });
}
