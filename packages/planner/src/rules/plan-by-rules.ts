/**
 * Plans without a model: the objective, or each of its sentences, must be of a
 * kind that a rule knows. The result says that rules made it, and which of the
 * asked criteria nothing in it tests.
 */
import { noUsage, TelosError } from '@telos/core';
import type { Clock, JsonObject, ModelSpec, ToolContext } from '@telos/core';
import { checkPlan } from '../check/check-plan.ts';
import { grantJson } from '../check/grant-json.ts';
import type { Grant } from '../check/grant.ts';
import { reasonsOf } from '../check/served-steps.ts';
import { withHeader } from '../draft/plan-source.ts';
import type { DraftedPlan, PlanObjective } from '../drafted-plan.ts';
import { withObjectives } from '../objectives/objectives-section.ts';
import { askedObjectives } from '../objectives/stated-objectives.ts';
import type { ReadRequest } from '../request/plan-request.ts';
import { testedCriteria } from './criteria.ts';
import { databaseRule } from './database-rule.ts';
import { fileRule } from './file-rule.ts';
import { folderRule } from './folder-rule.ts';
import { literalLine } from './literal.ts';
import { planYaml } from './plan-yaml.ts';
import type { Lacking, Rule, RuleDesk, RulePart } from './rule.ts';
import { urlRule } from './url-rule.ts';
import { webRule } from './web-rule.ts';

/** The more an objective must say for a rule to fit, the earlier the rule is asked. */
const rules: readonly Rule[] = [databaseRule, urlRule, fileRule, webRule, folderRule];

export const rulesVersion = 'rules.v2';
const mostParts = 5;
/** Longer objectives say more than a rule understands. */
const longestForRules = 1000;

/** @throws TelosError PLAN_NEEDS_MODEL, naming what rules can do with the tools at hand. */
export function planByRules(request: ReadRequest, grant: Grant, context: ToolContext, clock: Clock): DraftedPlan {
  const startedAt = clock.now();
  const parts = partsOf(request.objective, grant);
  const tested = testedCriteria(request.criteria, parts);
  // Rules write where no model can, and there none can judge either.
  const judges = { ...grant, model: 'offline/extractive' };
  const asked = askedObjectives(
    request.criteria,
    judges,
    (criterion) => tested.find((one) => one.criterion === criterion)?.check,
  );
  const own = parts.map(({ objective, criterion, check }, index): PlanObjective => {
    return { id: `o${index + 1}`, objective, criterion, check };
  });
  const objectives = [...own, ...asked];
  const reasons = parts.flatMap(({ steps }, index) =>
    steps.map(({ id, why }) => ({ step: id, serves: `o${index + 1}`, why })),
  );
  const [first] = parts;
  const written = planYaml({
    id: parts.length === 1 && first !== undefined ? first.rule : 'several_objectives',
    description: literalLine(request.objective).slice(0, 300),
    parts,
  });
  const source = withObjectives(written, objectives);
  const checked = checkPlan({ source, objectives, reasons }, grant);
  if (!checked.ok) {
    const faults = checked.faults.map(({ hint, ...fault }): JsonObject =>
      hint === undefined ? fault : { ...fault, hint },
    );
    throw new TelosError(
      'PLAN_INVALID',
      `The plan of the rules does not compile here: ${checked.faults[0]?.message ?? ''}.`,
      {
        details: { drafts: 1, faults },
      },
    );
  }
  context.record({
    kind: 'tool',
    name: 'planner.rules',
    startedAt,
    ms: Math.max(0, clock.now() - startedAt),
    input: { objective: request.objective, criteria: request.criteria },
    output: { source },
    attributes: { version: rulesVersion, rules: parts.map(({ rule }) => rule) },
  });
  return {
    program: checked.compiled.program,
    hash: checked.compiled.hash,
    source: withHeader(source, 'rules, without a model', objectives),
    grant: grantJson(grant),
    planner: 'rules',
    objectives: {
      planner: 'rules',
      version: rulesVersion,
      objectives,
      steps: reasonsOf(checked.compiled, reasons),
      notes: [
        ...asked.flatMap(({ criterion, check }) =>
          check === undefined ? [`Nothing in this plan tests: ${criterion}`] : [],
        ),
        ...((request.best_of ?? 1) > 1 ? ['Rules know one plan for an objective: there was no other to compare.'] : []),
      ],
    },
    rejected: [],
    usage: noUsage,
  };
}

/** Sentence by sentence where every one of them is understood; else the objective as a whole. */
function partsOf(objective: string, grant: Grant): readonly RulePart[] {
  if (objective.length > longestForRules) throw needsModel([], grant);
  const sentences = objective.split(/;\s+|\n+|(?<=[.?!])\s+(?=\p{Lu})/u).filter((sentence) => sentence.trim() !== '');
  const several = sentences.length > 1 && sentences.length <= mostParts ? written(sentences, grant) : undefined;
  const parts = several !== undefined && several.every(isPart) ? several : written([objective], grant);
  const lacks = parts.flatMap((part) => (part !== undefined && 'lacks' in part ? part.lacks : []));
  if (parts.every(isPart)) return parts;
  throw needsModel(lacks, grant);
}

type Written = RulePart | Lacking | undefined;

function written(objectives: readonly string[], grant: Grant): readonly Written[] {
  const desk = deskOf(grant);
  return objectives.map((objective) => {
    const found = rules
      .map((rule) => rule.write(objective.replace(/\s+/g, ' ').trim(), desk))
      .filter((part) => part !== undefined);
    return found.find(isPart) ?? found[0];
  });
}

function isPart(part: Written): part is RulePart {
  return part !== undefined && 'steps' in part;
}

function deskOf(grant: Grant): RuleDesk {
  const used = new Map<string, number>();
  return {
    has: (tool) => grant.tools.has(tool),
    hasCheck: (check) => grant.catalog.checks.has(check),
    id(name) {
      const times = (used.get(name) ?? 0) + 1;
      used.set(name, times);
      return times === 1 ? name : `${name}_${times}`;
    },
    model: grant.model === 'auto' ? {} : { model: modelJson(grant.model) },
  };
}

function modelJson(model: ModelSpec): string | { readonly fallback: readonly string[] } {
  return typeof model === 'string' ? model : { fallback: model.fallback };
}

function needsModel(lacks: readonly string[], grant: Grant): TelosError {
  const able = rules.filter(({ uses }) => uses.some((tool) => tool !== 'llm' && grant.tools.has(tool)));
  const forms = able.map(({ example }) => `"${example}"`);
  const why =
    lacks.length > 0
      ? `It would take ${lacks.join(', ')}, which this plan was not given.`
      : 'No model that can write a plan is reachable, and no rule understands the whole of this objective.';
  const known =
    forms.length === 0
      ? 'With the tools at hand, rules can do nothing.'
      : `Rules understand objectives such as ${forms.join('; ')}.`;
  return new TelosError('PLAN_NEEDS_MODEL', `${why} ${known}`, {
    details: { lacks: [...lacks], rules: able.map(({ name }) => name) },
  });
}
