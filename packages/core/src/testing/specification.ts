/**
 * Given events, when a command, then events: how the rules of a run are written
 * as tests. Nothing here knows a rule.
 */
import { expect } from 'vitest';
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Command, Refusal } from '../run/command.ts';
import { decide } from '../run/decide.ts';
import type { EventOf, GateResult, RunEvent } from '../run/events.ts';
import { begin, evolve } from '../run/evolve.ts';
import type { RunState } from '../run/state.ts';

export const created: EventOf<'run.created'> = {
  type: 'run.created',
  at: 1,
  workflow: 'example',
  program: 'hash',
  inputs: { value: {} },
};
export const started: EventOf<'run.started'> = { type: 'run.started', at: 2 };

/** The state after `run.created` and then `events`. */
export function stateOf(...events: readonly RunEvent[]): RunState {
  return events.reduce(evolve, begin('run', created));
}

export function given(...events: readonly RunEvent[]) {
  return {
    when(command: Command) {
      const state = stateOf(...events);
      const before = structuredClone(state);
      const decision = decide(state, command);
      expect(state, 'decide leaves the state as it was').toEqual(before);
      return {
        thenEvents: (...expected: readonly RunEvent[]) => expect(decision).toEqual(expected),
        thenRefused: (refused: Refusal['refused'], message?: RegExp) => {
          expect(decision).toMatchObject({ refused });
          if (message !== undefined) expect(decision).toMatchObject({ message: expect.stringMatching(message) });
        },
      };
    },
  };
}

/** `step.started` of an attempt. */
export function startedStep(path: string, attempt = 1): EventOf<'step.started'> {
  return { type: 'step.started', at: 3, path, attempt };
}

/** `step.succeeded` with its path as output. */
export function succeededStep(path: string, attempt = 1): EventOf<'step.succeeded'> {
  return { type: 'step.succeeded', at: 4, path, attempt, output: { value: path } };
}

export function failedStep(path: string, attempt = 1): EventOf<'step.failed'> {
  return { type: 'step.failed', at: 4, path, attempt, error: errorOf('terminal') };
}

export function cancelledStep(path: string, attempt = 1): EventOf<'step.cancelled'> {
  return { type: 'step.cancelled', at: 4, path, attempt };
}

export function errorOf(kind: ErrorRecord['kind'], code = 'TOOL_FAILED'): ErrorRecord {
  return { code, kind, message: `${code} happened.` };
}

/** A gate's result with this score; it passes from 0.5 on. */
export function gateResult(score: number, attempts = 1): GateResult {
  return { passed: score >= 0.5, score, verdicts: [], attempts };
}

export function usageOf(usd: number) {
  return { input_tokens: 10, output_tokens: 5, usd, ms: 100, calls: 1 };
}
