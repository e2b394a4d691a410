/** Rounds of a plan block as they stand in the state: the bodies of their plans, what their steps gave, what was said of their objectives. */
import { errorRecordOf, framePath, isFinished, noRounds, stepPath, TelosError } from '@telos/core';
import type {
  At,
  ErrorRecord,
  Frame,
  Json,
  ObjectiveScore,
  ObjectiveSpec,
  Payload,
  PlanRound,
  PlanRounds,
  PlanStep,
  Program,
  StepPath,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { Desk } from '../desk/desk.ts';
import { blockOutput, bodyOutputs } from '../scope/body-output.ts';
import { payloadsOf, scopeWithin } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';
import { objectivesOf } from './objectives-of.ts';
import { untested } from './scoring.ts';

export type PlanAt = At & { readonly step: PlanStep };

/** A round as its expressions see it when its steps have ended. */
export type Seen = {
  readonly frame: Frame;
  /** Of the round. */
  readonly scope: Scope;
  /** Of the block. */
  readonly outer: Scope;
  /** What the plan gave; null where its steps did not all end well. */
  readonly output: Json;
  readonly lookup: Lookup;
};

export type IdentifiedScore = ObjectiveScore & { readonly id: string };

export interface RoundsSeen {
  roundsOf(path: StepPath): PlanRounds;
  roundOf(at: PlanAt, round: number): PlanRound & { readonly body: Program };
  frameOf(at: PlanAt, round: number): Frame;
  /** Reads what the objectives and outputs of a round lean on, and what its steps gave; `failed` when its outputs cannot be made. */
  see(at: PlanAt, round: number, then: (seen: Seen) => void, failed: (error: ErrorRecord) => void): void;
  specsOf(at: PlanAt, round: number): readonly ObjectiveSpec[];
  /** What was said of each objective of a round; undefined of a round that came to no end of its own. */
  scoresOf(at: PlanAt, round: number): readonly IdentifiedScore[] | undefined;
  /** What the steps of a round's own list gave. */
  gaveIn(frame: Frame): readonly Payload[];
}

export function createRoundsSeen(desk: Desk): RoundsSeen {
  const { state } = desk;

  const roundsOf = (path: StepPath): PlanRounds => state.plans.get(path) ?? noRounds;

  function roundOf({ path }: PlanAt, round: number): PlanRound & { readonly body: Program } {
    const begun = roundsOf(path).begun[round - 1];
    const body = begun === undefined ? undefined : desk.contexts.program(begun.program);
    if (begun === undefined || body === undefined)
      throw new TelosError('BUG', `The plan of round ${round} of ${path} was not loaded.`);
    return { ...begun, body };
  }

  function frameOf(at: PlanAt, round: number): Frame {
    const { path, step, frame } = at;
    const key = { round };
    return { path: framePath(path, key), steps: roundOf(at, round).body.steps, block: { path, step, frame, key } };
  }

  function see(at: PlanAt, round: number, then: (seen: Seen) => void, failed: (error: ErrorRecord) => void): void {
    const { path, step, frame } = at;
    const inner = frameOf(at, round);
    const { outputs, outputReads } = roundOf(at, round).body;
    const context = desk.contexts.of(inner);
    const reads = [...new Set([...outputReads, ...specsOf(at, round).flatMap((objective) => objective.reads)])];
    const gave = gaveIn(inner);
    const more = [...payloadsOf(state, context, inner, reads), ...bodyOutputs(state, [{ frame: inner }]), ...gave];
    desk.read({ path, frame, reads: step.reads, more }, (outer, lookup) => {
      const scope = scopeWithin(state, context, outer, inner, reads, lookup);
      let output: Json = null;
      try {
        if (isComplete(at, round))
          output =
            Object.keys(outputs).length === 0
              ? blockOutput(state, step, [{ frame: inner }], lookup, () => null)
              : context.linked.render(outputs, scope);
      } catch (error) {
        failed(errorRecordOf(error, 'EXPRESSION_FAILED'));
        return;
      }
      then({ frame: inner, scope, outer, output, lookup });
    });
  }

  /** Whether all steps of a round have ended, and none of them so that the plan failed. */
  function isComplete(at: PlanAt, round: number): boolean {
    const frame = frameOf(at, round);
    return frame.steps.every(({ id, onError }) => {
      const known = state.steps.get(stepPath(frame.path, id));
      if (known?.status === 'failed') return onError === 'continue';
      return isFinished(known) && known?.status !== 'cancelled';
    });
  }

  function specsOf(at: PlanAt, round: number): readonly ObjectiveSpec[] {
    const { body, objectives } = roundOf(at, round);
    return objectivesOf(body, objectives);
  }

  function scoresOf(at: PlanAt, round: number): readonly IdentifiedScore[] | undefined {
    const { scores } = roundOf(at, round);
    const specs = specsOf(at, round);
    if (!isComplete(at, round) || specs.some(({ id, check }) => check !== undefined && !scores.has(id)))
      return undefined;
    return specs.map(({ id }) => ({ id, ...(scores.get(id) ?? untested) }));
  }

  function gaveIn(frame: Frame): readonly Payload[] {
    return frame.steps.flatMap(({ id }) => {
      const known = state.steps.get(stepPath(frame.path, id));
      return known?.status === 'succeeded' ? [known.output] : [];
    });
  }

  return { roundsOf, roundOf, frameOf, see, specsOf, scoresOf, gaveIn };
}
