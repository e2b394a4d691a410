/**
 * What values carry that expressions can see: the other half of scope.ts. Where
 * that says what `steps.page.output.title` is, this says where it has been.
 *
 * It reads the state alone, never a payload. In a run in which nothing is
 * labelled, `isLabelled` says so and nothing more is looked at.
 */
import {
  checksOfGate,
  hasRounds,
  joinAll,
  joinLabellings,
  labellingAt,
  labellingOf,
  labellingOfFields,
  marked,
  unlabelled,
  wholeOf,
  withMarks,
  withOrigins,
  stepPath,
  withoutLabel,
} from '@telos/core';
import type {
  ActionStep,
  AgentHooks,
  At,
  Carried,
  CheckUse,
  Condition,
  EndedFrame,
  Frame,
  Labelling,
  Labels,
  RunState,
  Step,
  StepPath,
  Template,
  WaitStep,
} from '@telos/core';
import type { LabellingAt } from '@telos/language';
import type { Context } from '../scope/contexts.ts';
import { isRestored } from '../scope/put-back.ts';
import { connectionsOf } from './connections.ts';
import { around, errorOf, pathOf, stepIn } from '../scope/scope.ts';

/** Whether anything is labelled that an expression of this context could see. */
export function isLabelled(state: RunState, context: Context): boolean {
  return state.labelled || context.labelling !== unlabelled;
}

/** What the value of a template carries in this frame. */
export function labellingOfTemplate(state: RunState, context: Context, frame: Frame, template: Template): Labelling {
  if (!isLabelled(state, context)) return unlabelled;
  const read = context.linked.labelling(template, labellingIn(state, context, frame));
  return withMarks(read, readByItsWriter(state, frame));
}

/** What the answer of a condition is made of in this frame. */
export function labellingOfCondition(state: RunState, context: Context, frame: Frame, condition: Condition): Labelling {
  if (!isLabelled(state, context)) return unlabelled;
  const read = context.linked.labellingOfTest(condition, labellingIn(state, context, frame));
  return withMarks(read, readByItsWriter(state, frame));
}

/** What the reasons of checks may quote besides what is judged: their parameters, and the sources that they are shown. */
export function labellingOfChecks(
  state: RunState,
  context: Context,
  frame: Frame,
  { gate, reads }: Pick<Step, 'gate' | 'reads'>,
  uses: readonly CheckUse[],
): Labelling {
  const conditions = gate?.pass === undefined ? [] : [gate.pass];
  const shown = uses.map((use) => {
    const condition = conditionOf(use);
    return condition === undefined
      ? labellingOfTemplate(state, context, frame, use.with)
      : labellingOfCondition(state, context, frame, condition);
  });
  const asked = conditions.map((condition) => labellingOfCondition(state, context, frame, condition));
  return wholeOf(joinAll([labellingOfReads(state, frame, reads), ...shown, ...asked].map(wholeOf)));
}

/** What a step's input carries, argument by argument; and what goes with it: its key, and the connection that it names. */
export function labellingOfInput(state: RunState, context: Context, frame: Frame, step: ActionStep): Labelling {
  if (!isLabelled(state, context)) return unlabelled;
  const read = labellingOfTemplate(state, context, frame, step.with);
  const more = [...connectionsOf(state, context, frame, step), step.idempotencyKey ?? null, step.hooks?.rules ?? null];
  return more.reduce<Labelling>(
    (labelling, template) => withMarks(labelling, wholeOf(labellingOfTemplate(state, context, frame, template))),
    read,
  );
}

/** What the rules of an agent read, and may have put into what it is shown and what it calls. */
export function labellingOfHooks(state: RunState, context: Context, frame: Frame, hooks: AgentHooks): Labelling {
  return wholeOf(labellingOfTemplate(state, context, frame, hooks));
}

/** What the body of a block sees of it: its items, its state, what another workflow is given, what a plan is made of. */
export function labellingOfOpening(state: RunState, context: Context, frame: Frame, step: Step): Labelling {
  switch (step.kind) {
    case 'foreach':
      return wholeOf(labellingOfTemplate(state, context, frame, step.items));
    case 'loop':
      return labellingOfTemplate(state, context, frame, step.state);
    case 'workflow':
    case 'plan':
      return labellingOfTemplate(state, context, frame, step.with);
    case 'agent':
      return wholeOf(labellingOfTemplate(state, context, frame, [step.instructions, step.input]));
    case 'approve':
      return labellingOfTemplate(state, context, frame, step.show);
    case 'wait':
      return wholeOf(labellingOfTemplate(state, context, frame, timeOf(step)));
    default:
      return unlabelled;
  }
}

/** What a wait for a time is told. */
function timeOf({ wait }: WaitStep): Template {
  switch (wait.for) {
    case 'duration':
      return wait.ms;
    case 'instant':
      return wait.at;
    case 'signal':
      return null;
  }
}

export type Giving = {
  readonly step: Pick<ActionStep, 'trust'>;
  readonly path: StepPath;
  /** Of what its tool was given. */
  readonly input: Labelling;
  /** What its tool brings of its own, always and by this very call. */
  readonly returns: Labels;
  readonly brought?: Labelling | undefined;
  /** The argument that the tool gives back as it is. */
  readonly echoes?: string | undefined;
};

/** What an attempt gives: all that went in, and what its tool brings. */
export function labellingOfOutput({ step, path, input, returns, brought = unlabelled, echoes }: Giving): Labelling {
  if (input === unlabelled && returns.length === 0 && brought === unlabelled) return unlabelled;
  const read = echoes === undefined ? wholeOf(input) : labellingAt(input, [echoes]);
  const own = brought.fields === undefined ? withMarks(read, brought) : withMarks(brought, read);
  return trusted(step, withMarks(own, marked(returns, path)));
}

/** What an attempt has shown that was stopped. */
export function labellingOfPartial(state: RunState, path: StepPath, returns: Labels): Labelling {
  const step = state.steps.get(path);
  const read = step?.status === 'running' ? wholeOf(labellingOf(step, path)) : unlabelled;
  return withMarks(read, marked(returns, path));
}

/**
 * What a block gives whose body ended so, before its `trust`.
 *
 * @param context Of the body.
 * @param given Says it of a frame with something else to give than its last output.
 */
export function labellingOfBody(
  state: RunState,
  context: Context,
  { path, step }: Pick<At, 'path' | 'step'>,
  frames: readonly EndedFrame[],
  given: (frame: Frame) => Labelling | undefined,
): Labelling {
  if (!isLabelled(state, context)) return unlabelled;
  const of = ({ frame, error }: EndedFrame): Labelling => {
    const labelling =
      error === undefined ? (given(frame) ?? ofLast(state, frame)) : ofFailure(state, frame, error.path);
    return toldOutside(labelling, path);
  };
  if (step.kind === 'parallel') {
    return labellingOfFields(Object.fromEntries(frames.map((ended) => [branchOf(ended.frame), of(ended)])));
  }
  // As many items as its list had, and in its order.
  if (step.kind === 'foreach')
    return wholeOf(joinAll([labellingOfStarted(state, path), ...frames.map((ended) => wholeOf(of(ended)))]));
  const [first] = frames;
  return first === undefined ? unlabelled : of(first);
}

/** What another workflow gives: its outputs as they say, and as a whole all that it did, which is not to be seen from outside. */
export function labellingOfOutputs(
  state: RunState,
  { path }: Pick<At, 'path'>,
  frames: readonly EndedFrame[],
  outputs: Labelling,
  names: readonly string[],
): Labelling {
  const all = labellingOfAll(state, path, frames);
  if (all === unlabelled) return outputs;
  const fields = Object.fromEntries(names.map((name) => [name, labellingAt(outputs, [name])]));
  return { ...wholeOf(joinLabellings(wholeOf(outputs), all)), fields };
}

/** All that anything in these frames carries: behind a failure may be any of it. */
export function labellingOfAll(state: RunState, path: StepPath, frames: readonly EndedFrame[]): Labelling {
  if (!state.labelled) return unlabelled;
  return wholeOf(joinAll(frames.map(({ frame }) => toldOutside(ofEvery(state, frame), path))));
}

/** All that an agent has read: what it was given, and what came of the calls of this round, each told by itself. */
export function labellingOfConversation(state: RunState, path: StepPath, round: Frame): Labelling {
  if (!state.labelled) return unlabelled;
  return wholeOf(joinLabellings(wholeOf(ofBlock(state, path)), ofEvery(state, round)));
}

/** What a step was given that is under way. */
export function labellingOfStarted(state: RunState, path: StepPath): Labelling {
  return wholeOf(ofBlock(state, path));
}

/** What the outputs of these steps carry together. */
export function labellingOfReads(state: RunState, frame: Frame, reads: readonly string[]): Labelling {
  return wholeOf(joinAll(reads.map((id) => ofPath(state, pathOf(frame, id)))));
}

/** Less what a person vouches for. */
export function trusted({ trust }: Pick<Step, 'trust'>, labelling: Labelling): Labelling {
  return trust === 'trusted' ? withoutLabel(labelling, 'untrusted') : labelling;
}

/** As it is told outside the block at `path`: of many items or rounds, which step of the body it was. */
function toldOutside(labelling: Labelling, path: StepPath): Labelling {
  return withOrigins(labelling, (origin) => {
    if (!origin.startsWith(path)) return origin;
    return `${path}${origin
      .slice(path.length)
      .replace(/^\[\d+\]/, '[*]')
      .replace(/^#\d+/, '#*')}`;
  });
}

function labellingIn(state: RunState, context: Context, frame: Frame): LabellingAt {
  return ([root = '', ...rest]) => {
    const error = root === 'error' ? errorOf(frame) : undefined;
    if (error !== undefined) return ofPath(state, pathIn(error));
    switch (root) {
      case 'inputs':
        return labellingAt(context.labelling, rest);
      case 'vars':
        return ofVars(context, rest);
      case 'steps':
        return ofStep(state, context, frame, rest);
      case 'run':
      case 'secrets':
        return unlabelled;
      default:
        return ofName(state, frame, root, rest);
    }
  };
}

/** Values made from the inputs before there is a step. */
function ofVars({ linked, labelling }: Context, path: readonly string[]): Labelling {
  const { vars } = linked.program;
  const made = linked.labelling(vars, ([root, ...rest]) =>
    root === 'inputs' ? labellingAt(labelling, rest) : unlabelled,
  );
  return labellingAt(made, path);
}

function ofStep(
  state: RunState,
  context: Context,
  frame: Frame,
  [id = '', field, ...rest]: readonly string[],
): Labelling {
  const path = pathOf(frame, id);
  const step = path === undefined ? undefined : state.steps.get(path);
  if (path === undefined || step === undefined) return unlabelled;
  if (step.status !== 'succeeded' && step.status !== 'failed' && step.status !== 'cancelled') return unlabelled;
  const labelling = carriedBy(state, step, path);
  switch (field) {
    case 'output':
      return labellingAt(labelling, rest);
    case 'status':
    case 'usage':
    case 'attempt':
      return unlabelled;
    case 'gate':
      // Numbers and yes or no; the reasons of verdicts quote what was judged.
      return rest[0] === 'passed' || rest[0] === 'score' || rest[0] === 'attempts'
        ? unlabelled
        : joinAll([wholeOf(labelling), ofVerdicts(state, context, frame, id)]);
    case undefined:
      return joinAll([wholeOf(labelling), ofVerdicts(state, context, frame, id)]);
    default:
      return wholeOf(labelling);
  }
}

/** What the verdicts of a step's gate may quote besides its output. */
function ofVerdicts(state: RunState, context: Context, frame: Frame, id: string): Labelling {
  const found = stepIn(frame, id);
  if (found?.step.gate === undefined) return unlabelled;
  const { step, frame: own } = found;
  return labellingOfChecks(state, context, own, step, checksOfGate(step.gate));
}

/** The condition that a check is; undefined of every other check. */
function conditionOf({ uses, with: given }: CheckUse): Condition | undefined {
  if (uses !== 'cel' || typeof given !== 'object' || given === null || !('expression' in given)) return undefined;
  return typeof given.expression === 'string' ? given.expression : undefined;
}

/** An item of a `foreach` around the frame, or the state of a loop or an agent. */
function ofName(state: RunState, frame: Frame, name: string, path: readonly string[]): Labelling {
  for (let at = around(frame); at !== undefined; at = around(at.frame)) {
    const { step } = at;
    if (step.kind === 'foreach' && name === step.as) return ofBlock(state, at.path);
    if (step.kind === 'plan') continue;
    if (hasRounds(step) && name === 'state') return labellingAt(ofBlock(state, at.path), path);
    if ((step.kind === 'foreach' || hasRounds(step)) && name === 'index') return unlabelled;
  }
  return unlabelled;
}

/** A model that has read something may have put it into every word that it wrote: a plan's literal texts, an agent's calls. */
function readByItsWriter(state: RunState, frame: Frame): Labelling {
  let read = unlabelled;
  for (let at = around(frame); at !== undefined; at = around(at.frame))
    if (at.step.kind === 'plan' || at.step.kind === 'agent')
      read = wholeOf(joinLabellings(read, wholeOf(ofBlock(state, at.path))));
  return read;
}

function ofBlock(state: RunState, path: StepPath): Labelling {
  const block = state.steps.get(path);
  return block !== undefined && 'labels' in block ? labellingOf(block, path) : unlabelled;
}

function ofLast(state: RunState, frame: Frame): Labelling {
  const last = frame.steps.at(-1);
  if (last === undefined) return unlabelled;
  const path = stepPath(frame.path, last.id);
  const step = state.steps.get(path);
  return step?.status === 'succeeded' ? carriedBy(state, step, path) : unlabelled;
}

/** What a step gave carries what it came with; where something is put back in it, that is private. */
function carriedBy(state: RunState, step: Carried, path: StepPath): Labelling {
  const labelling = labellingOf(step, path);
  return isRestored(state, path) ? withMarks(labelling, marked(['private'], path)) : labelling;
}

function ofFailure(state: RunState, frame: Frame, path: StepPath | undefined): Labelling {
  return path === undefined || !state.steps.has(path) ? ofEvery(state, frame) : ofPath(state, path);
}

function ofEvery(state: RunState, frame: Frame): Labelling {
  return wholeOf(joinAll(frame.steps.map(({ id }) => ofPath(state, stepPath(frame.path, id)))));
}

function ofPath(state: RunState, path: StepPath | undefined): Labelling {
  const step = path === undefined ? undefined : state.steps.get(path);
  return path !== undefined && step !== undefined && 'labels' in step
    ? wholeOf(carriedBy(state, step, path))
    : unlabelled;
}

function pathIn(error: unknown): StepPath | undefined {
  return typeof error === 'object' && error !== null && 'path' in error && typeof error.path === 'string'
    ? error.path
    : undefined;
}

function branchOf(frame: Frame): string {
  return frame.block !== undefined && 'branch' in frame.block.key ? frame.block.key.branch : frame.path;
}
