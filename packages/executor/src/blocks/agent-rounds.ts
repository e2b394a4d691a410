/** Rounds of an agent: what follows one is its answer, the reason why it ends, or the calls of another. Which, core decides. */
import { afterHandOff, afterTurn, stepPath, TelosError, turnId, withMarks } from '@telos/core';
import type {
  AfterTurn,
  AgentStep,
  AgentTurn,
  At,
  CallResult,
  Conversation,
  Frame,
  HookEvaluator,
  Json,
  MadeCall,
  Payload,
  RunState,
} from '@telos/core';
import { createSchemas } from '@telos/language';
import type { BlockEnd } from '../beside/block-end.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfConversation, labellingOfHooks, trusted } from '../labels/labelling.ts';
import { hookEvaluator } from '../scope/agent-hooks.ts';
import { outputRead } from '../scope/put-back.ts';
import { loopState } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';
import type { EndedRound } from './ended-round.ts';

const schemas = createSchemas();

/** The ids of a round's steps: its calls, and its turn. */
export function agentReads(frame: Frame): readonly string[] {
  return frame.steps.map(({ id }) => id);
}

/** @throws TelosError OUTPUT_INVALID. */
export function advanceAgent(
  desk: Desk,
  end: BlockEnd,
  at: At & { readonly step: AgentStep },
  { round, frames, scope, lookup }: EndedRound,
): void {
  const { path, step, frame } = at;
  const inner = frames[0]?.frame;
  if (inner === undefined) return;
  const { state } = desk;
  const context = desk.contexts.of(frame);
  const read = labellingOfConversation(state, path, inner);
  const labelling =
    step.hooks === undefined ? read : withMarks(read, labellingOfHooks(state, context, frame, step.hooks));
  const after = followRound(state, step, round, inner, lookup, hookEvaluator(context.linked, scope, path));
  switch (after.next) {
    case 'answer':
      end.finish(at, { output: after.output, labelling, scope, lookup });
      return;
    case 'fail':
      end.fail(at, after.error, undefined, trusted(step, labelling));
      return;
    case 'round': {
      const { conversation } = after;
      const calls = madeCalls(conversation);
      desk.store(conversation, (state) => {
        desk.apply({ do: 'advanceLoop', at: desk.now(), path, round: round + 1, state, labelling, calls });
      });
    }
  }
}

/** What follows the round that this frame was. */
function followRound(
  state: RunState,
  step: AgentStep,
  round: number,
  frame: Frame,
  lookup: Lookup,
  rules: HookEvaluator,
): AfterTurn {
  const payload = frame.block === undefined ? undefined : loopState(state, frame.block);
  // Made by this engine, and checked when it was.
  const before = (payload === undefined ? null : lookup(payload)) as Conversation;
  const results = Object.fromEntries(
    before.calls.map(({ step: id }): [string, CallResult] => [id, resultOf(state, frame, id, lookup)]),
  );
  if (!frame.steps.some(({ id }) => id === turnId)) return afterHandOff(step, before, results);
  const turn = lookup(outputOf(state, frame, turnId));
  if (!isTurn(turn)) {
    const message = `What stands for ${stepPath(frame.path, turnId)} is no turn of a model.`;
    throw new TelosError('OUTPUT_INVALID', message, {
      next: 'Write { "text": "...", "calls": [{ "id", "name", "input" }] }; without calls it is the answer.',
    });
  }
  const after = afterTurn(step, round, before, results, turn, rules);
  if (after.next === 'answer' && after.byRule === true && step.output !== undefined) refuseMisfit(step, after.output);
  return after;
}

/** What a model answers has been held against the schema where it was asked. @throws TelosError OUTPUT_INVALID. */
function refuseMisfit({ id, output = {} }: AgentStep, answer: Json): void {
  const [issue] = schemas.issues(output, answer);
  if (issue === undefined) return;
  const { path, message } = issue;
  const where = path === '' ? '' : ` at ${path}`;
  throw new TelosError('OUTPUT_INVALID', `The answer of a rule of ${id} does not fit its schema${where}: ${message}.`, {
    next: 'Mend `answer` among its `hooks`.',
  });
}

/** The calls of a conversation that become steps. */
function madeCalls({ calls }: Conversation): readonly MadeCall[] {
  return calls.flatMap(({ step, name, refused }) => (refused === undefined ? [{ step, name }] : []));
}

function resultOf(state: RunState, frame: Frame, id: string, lookup: Lookup): CallResult {
  const path = stepPath(frame.path, id);
  const known = state.steps.get(path);
  if (known?.status === 'succeeded') return { output: outputRead(state, path, known.output, lookup), error: null };
  if (known?.status === 'failed') return { output: null, error: known.error };
  return { output: null, error: { code: 'CANCELLED', message: 'It was not made.' } };
}

/** Whoever forks a run may have written another in its place. */
function isTurn(value: unknown): value is AgentTurn {
  if (typeof value !== 'object' || value === null || !('text' in value) || !('calls' in value)) return false;
  const { text, calls } = value;
  const isCall = (call: unknown): boolean =>
    typeof call === 'object' &&
    call !== null &&
    'input' in call &&
    ['id', 'name'].every((key) => typeof Reflect.get(call, key) === 'string');
  return typeof text === 'string' && Array.isArray(calls) && calls.every(isCall);
}

function outputOf(state: RunState, frame: Frame, id: string): Payload {
  const known = state.steps.get(stepPath(frame.path, id));
  return known?.status === 'succeeded' ? known.output : { value: null };
}
