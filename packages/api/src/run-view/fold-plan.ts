/** The plans of a plan block, as a fold of its events. */
import type { EventOf } from '@telos/core';
import type { FoldedStep } from './folded-run.ts';

type PlanEvent = EventOf<'plan.proposed' | 'plan.accepted' | 'plan.replaced' | 'objective.scored'>;

export function foldPlan(step: Pick<FoldedStep, 'plans' | 'rounds' | 'notes'>, event: PlanEvent): void {
  const { type: name, at } = event;
  switch (event.type) {
    case 'plan.proposed': {
      const faults = event.faults === undefined ? {} : { faults: event.faults };
      step.notes.push({ name, at, attributes: { attempt: event.attempt, source: event.source, ...faults } });
      return;
    }
    case 'plan.accepted':
    case 'plan.replaced': {
      const { program, objectives } = event;
      const kept = event.type === 'plan.replaced' ? event.kept : [];
      (step.plans ??= []).push({ program, objectives, kept, scores: new Map() });
      step.rounds = step.plans.length;
      const more = event.type === 'plan.replaced' ? { round: event.round, kept: [...kept] } : {};
      step.notes.push({ name, at, attributes: { program, objectives, ...more } });
      return;
    }
    case 'objective.scored': {
      const { round, objective, result } = event;
      step.plans?.[round - 1]?.scores.set(objective, result);
      step.notes.push({ name, at, attributes: { round, objective, ...result } });
    }
  }
}
