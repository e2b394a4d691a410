/**
 * Objectives as they become part of a plan: each with the check that tells
 * whether it was reached. What a person asked for is always among them, with a
 * check that the planner has no say in.
 */
import type { Json, JsonObject } from '@telos/core';
import { parse } from 'yaml';
import type { PlanObjective } from '../drafted-plan.ts';
import type { Grant } from '../check/grant.ts';
import { isExtractive } from '../draft/is-extractive.ts';

/** What a planner says of one of its own. `check`: text as it stands in an answer. */
export type SaidObjective = {
  readonly id: string;
  readonly objective: string;
  readonly criterion: string;
  readonly check?: string | undefined;
};

/** The planner's own objectives, a judge deciding where it names no check. */
export function ownObjectives(said: readonly SaidObjective[], grant: Grant): readonly PlanObjective[] {
  return said.map(({ id, objective, criterion, check }) => {
    const written = check === undefined || check.trim() === '' ? judgeOf(criterion, grant) : readCheck(check);
    return { id, objective, criterion, ...(written === undefined ? {} : { check: written }) };
  });
}

/** The criteria that a person gave, each an objective of its own. `known`: a check for it that is not the planner's. */
export function askedObjectives(
  criteria: readonly string[],
  grant: Grant,
  known: (criterion: string) => Json | undefined = () => undefined,
): readonly PlanObjective[] {
  return criteria.map((criterion, index) => {
    const check = known(criterion) ?? judgeOf(criterion, grant);
    const own = { id: `c${index + 1}`, objective: 'What was asked of the result holds.', criterion };
    return check === undefined ? own : { ...own, check };
  });
}

/** Ids of criteria that a person gave: `c1`. No step has to say that it serves them. */
export function isAsked({ id }: Pick<PlanObjective, 'id'>): boolean {
  return /^c[0-9]+$/.test(id);
}

/** A judge, where there is one that can say more than what it is shown. */
function judgeOf(criterion: string, { catalog, model }: Grant): Json | undefined {
  if (!catalog.checks.has('judge') || (typeof model === 'string' && isExtractive(model))) return undefined;
  const params: JsonObject = {
    rubric: [criterion],
    ...(model === 'auto' ? {} : { model: typeof model === 'string' ? model : { fallback: [...model.fallback] } }),
  };
  return { judge: params };
}

/** Bare CEL, or a check with its parameters, which is a map. */
function readCheck(text: string): Json {
  const written = text.trim();
  if (!written.startsWith('{')) return written;
  try {
    const read: unknown = parse(written);
    // a map of YAML without tags is JSON
    return typeof read === 'object' && read !== null ? (read as Json) : written;
  } catch {
    return written;
  }
}
