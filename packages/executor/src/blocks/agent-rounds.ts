/** Rounds of an agent: reads what a round gave, and says what follows it. What that is, core decides. */
import { afterHandOff, afterTurn, stepPath, TelosError, turnId } from '@telos/core';
import type {
  AfterTurn,
  AgentStep,
  AgentTurn,
  CallResult,
  Conversation,
  Frame,
  MadeCall,
  Payload,
  RunState,
} from '@telos/core';
import { outputRead } from '../scope/put-back.ts';
import { loopState } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';

/** The ids of a round's steps: its calls, and its turn. */
export function agentReads(frame: Frame): readonly string[] {
  return frame.steps.map(({ id }) => id);
}

/** What follows the round that this frame was. */
export function followRound(state: RunState, step: AgentStep, round: number, frame: Frame, lookup: Lookup): AfterTurn {
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
  return afterTurn(step, round, before, results, turn);
}

/** The calls of a conversation that become steps. */
export function madeCalls({ calls }: Conversation): readonly MadeCall[] {
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
