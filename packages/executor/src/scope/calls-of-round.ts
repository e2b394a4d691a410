import type { Frame, MadeCall, RunState } from '@telos/core';

/** The call that a step of an agent's round is; undefined for every other step. */
export function callMadeBy(state: RunState, { block }: Frame, id: string): MadeCall | undefined {
  if (block?.step.kind !== 'agent' || !('round' in block.key)) return undefined;
  return state.calls.get(block.path)?.[block.key.round - 2]?.find(({ step }) => step === id);
}
