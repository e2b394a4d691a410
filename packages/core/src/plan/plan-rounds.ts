/**
 * The rounds of a plan block: a loop whose bodies are written by a planner.
 *
 *   drafted [-> proposed -> decided by a person] -> begun -> its steps end -> its objectives are scored -> another, or the end
 *
 * See docs/objectives.md.
 */
import type { Hash } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Payload } from '../payload.ts';
import type { Closing, EventOf, ObjectiveScore, Wait } from '../run/events.ts';

/** A plan that has begun to run. */
export type PlanRound = {
  readonly program: Hash;
  readonly objectives: Json;
  /** Ids of its own steps that it took over from the round before. */
  readonly kept: readonly string[];
  /** What was said of its objectives, by id. */
  readonly scores: Map<string, ObjectiveScore>;
};

/** A plan that waits for a person, or was approved and has not begun. `edited`: the text that the person gave in its place. */
export type ProposedPlan = {
  readonly program: Hash;
  readonly objectives: Json;
  readonly grant: JsonObject;
  readonly approved?: { readonly edited?: Payload };
};

export type RejectedPlan = { readonly program: Hash; readonly note?: string };

export type PlanRounds = {
  readonly begun: readonly PlanRound[];
  readonly proposed?: ProposedPlan;
  /** By a person, in order. */
  readonly rejected: readonly RejectedPlan[];
};

export const noRounds: PlanRounds = { begun: [], rejected: [] };

export type PlanEvent = EventOf<'plan.proposed' | 'plan.accepted' | 'plan.replaced' | 'objective.scored'>;
type Approval = Extract<Wait, { kind: 'approval' }>;

/** What a plan block has come to after an event. */
export function evolvePlan(rounds: PlanRounds, event: PlanEvent): PlanRounds {
  const { begun, rejected } = rounds;
  switch (event.type) {
    case 'plan.proposed':
      if (event.program === undefined) return rounds;
      return { begun, rejected, proposed: proposalOf(event, event.program) };
    case 'plan.accepted':
    case 'plan.replaced': {
      const { program, objectives } = event;
      const kept = event.type === 'plan.replaced' ? event.kept : [];
      // Until its block opens, the last one accepted is the first round.
      const before = event.type === 'plan.replaced' ? begun : [];
      return { begun: [...before, { program, objectives, kept, scores: new Map() }], rejected };
    }
    case 'objective.scored':
      begun[event.round - 1]?.scores.set(event.objective, event.result);
      return rounds;
  }
}

/** What it has come to when the wait for a person is over. */
export function planDecided(rounds: PlanRounds, wait: Pick<Approval, 'onTimeout'>, closing: Closing): PlanRounds {
  const { begun, rejected, proposed } = rounds;
  if (proposed === undefined) return rounds;
  const answer = 'decision' in closing ? closing : { decision: wait.onTimeout };
  if (answer.decision === 'approve') {
    const edited = 'value' in answer ? { edited: answer.value } : {};
    return { begun, rejected, proposed: { ...proposed, approved: edited } };
  }
  const note = 'note' in answer ? { note: answer.note } : {};
  return { begun, rejected: [...rejected, { program: proposed.program, ...note }] };
}

function proposalOf({ objectives = null, grant = {} }: EventOf<'plan.proposed'>, program: Hash): ProposedPlan {
  return { program, objectives, grant };
}

/** Whether another plan may be drafted. */
export function hasRoundsLeft({ begun, rejected }: PlanRounds, most = 1): boolean {
  return begun.length + rejected.length < most;
}
