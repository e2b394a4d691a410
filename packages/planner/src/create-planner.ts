/**
 * The planner: an objective becomes a plan that compiles and keeps to what it was granted.
 *
 * A model writes it. Where the model in use only quotes (`offline/...`, or `auto`
 * when nothing better is reachable), rules write it, for the objectives that
 * they know; which of the two it was is part of the plan.
 */
import { joinLabellings, marked, TelosError } from '@telos/core';
import type { Clock, Models, ModelSpec, Planner, PlanRequest, PlanSurroundings, ToolContext } from '@telos/core';
import type { Catalog } from '@telos/language';
import type { Grant } from './check/grant.ts';
import { bestOf } from './draft/best-of.ts';
import { draftWithModel } from './draft/draft-with-model.ts';
import type { ModelDrafting, NoPlanner } from './draft/draft-with-model.ts';
import { isExtractive } from './draft/is-extractive.ts';
import type { DraftedPlan } from './drafted-plan.ts';
import { allowedTools } from './request/allowed-tools.ts';
import { readPlanRequest } from './request/plan-request.ts';
import type { ReadRequest } from './request/plan-request.ts';
import { readPlan } from './read-plan.ts';
import { planByRules } from './rules/plan-by-rules.ts';
import { showPlan } from './show/show-plan.ts';

export type PlannerSettings = {
  readonly models: Models;
  /** What there is; a request narrows it. */
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Who plans when a request names no model; default `auto`. */
  readonly model?: ModelSpec;
  /** Drafts that a model may make for one plan; default 3. */
  readonly attempts?: number;
};

export interface DraftingPlanner extends Planner {
  /**
   * @param request `objective`, and as wanted `criteria`, `tools` (names, `*` for any characters; default all),
   *   `effects` (the strictest that a step may have; default `read`), `model`, `context`, `best_of` (plans to draft, of
   *   which the best is the plan; default 1).
   * @returns the plan with its objectives, the drafts that were rejected, what it cost, and who made it.
   * @throws TelosError PLAN_REQUEST_INVALID; PLAN_INVALID with the last faults in `details.faults`; PLAN_NEEDS_MODEL
   *   when no model that writes is reachable and no rule fits; what the model throws.
   */
  plan(request: PlanRequest, context: ToolContext, around?: PlanSurroundings): Promise<DraftedPlan>;
}

export function createPlanner(settings: PlannerSettings): DraftingPlanner {
  const { models, catalog, clock, attempts = 3 } = settings;
  const modelFor = ({ model }: Pick<ReadRequest, 'model'>): ModelSpec => model ?? settings.model ?? 'auto';
  return {
    async plan(asked, context, around = { permissions: { ask: [], deny: [] } }) {
      const { permissions, earlier } = around;
      const request = readPlanRequest(asked);
      const model = context.model ?? modelFor(request);
      const grant: Grant = {
        catalog,
        // A rule that also looks at arguments is held against each call when it is made.
        tools: allowedTools(
          catalog.tools,
          request.tools,
          permissions.deny.filter((rule) => typeof rule === 'string'),
        ),
        permissions,
        effects: request.effects,
        model,
      };
      const quotesOnly = typeof model === 'string' && isExtractive(model);
      if (!quotesOnly) {
        const drafting = { models, clock, model, attempts: Math.max(1, attempts) };
        const { best_of: wanted = 1 } = request;
        const draft = (candidate?: ModelDrafting['candidate']): Promise<DraftedPlan | NoPlanner> =>
          draftWithModel(
            request,
            grant,
            context,
            candidate === undefined ? drafting : { ...drafting, candidate },
            around,
          );
        const drafted =
          wanted === 1
            ? await draft()
            : await bestOf(request, context, { wanted, draft, estimates: { catalog, models } }, drafting);
        if (!('unable' in drafted)) return withLabels(drafted, grant);
      }
      if (earlier !== undefined) {
        const message =
          'Rules write the same plan for the same objective: another way of going about it takes a model.';
        throw new TelosError('PLAN_NEEDS_MODEL', message);
      }
      return planByRules(request, grant, context, clock);
    },
    async sendsTo(asked) {
      const model = modelFor(readPlanRequest(asked));
      const hosts = (await models.hosts?.({ chat: model })) ?? [];
      return hosts.map((host) => ({ host, model: true }));
    },
    read: (source, proposed) => readPlan(source, proposed, catalog),
    show: (plan, before) => showPlan(plan, before, { catalog, models }),
  };
}

/** A model that was shown what somebody outside says of a tool may have done what it says. */
function withLabels(drafted: DraftedPlan, { tools }: Grant): DraftedPlan {
  const foreign = [...tools.values()].filter((tool) => tool.foreign === true);
  if (foreign.length === 0) return drafted;
  const labelling = joinLabellings(...foreign.map(({ name }) => marked(['untrusted'], `tools.${name}`)));
  return { ...drafted, labelling };
}
