/**
 * The best of several plans: each is drafted and compiled by itself, and told of
 * those before it; then a model places them, twice, the second time in the
 * opposite order, so that where a plan stands in the list decides nothing.
 */
import { addUsage, noUsage, TelosError } from '@telos/core';
import type { ToolContext, Usage } from '@telos/core';
import type { DraftedPlan, PlanCandidate } from '../drafted-plan.ts';
import { estimateProgram } from '../estimate/estimate-program.ts';
import type { EstimateDeps } from '../estimate/attempt-cost.ts';
import type { ReadRequest } from '../request/plan-request.ts';
import type { ModelDrafting, NoPlanner } from './draft-with-model.ts';
import { placed } from './placing-plans.ts';

export type Candidates = {
  readonly wanted: number;
  /** One more, another than those that there are. */
  readonly draft: (candidate: NonNullable<ModelDrafting['candidate']>) => Promise<DraftedPlan | NoPlanner>;
  readonly estimates: EstimateDeps;
};

/** @throws TelosError PLAN_INVALID when no candidate was accepted; what the model throws before there is one. */
export async function bestOf(
  request: ReadRequest,
  context: ToolContext,
  { wanted, draft, estimates }: Candidates,
  drafting: ModelDrafting,
): Promise<DraftedPlan | NoPlanner> {
  const drafted: DraftedPlan[] = [];
  const notes: string[] = [];
  let failure: unknown;
  for (let number = 1; number <= wanted; number += 1) {
    try {
      const made = await draft({ number, others: drafted.map(({ source }) => source) });
      if ('unable' in made) return drafted.length === 0 ? made : chosenOf(drafted, notes);
      if (drafted.some(({ hash }) => hash === made.hash)) notes.push(`Candidate ${number} was one of those before it.`);
      drafted.push(made);
    } catch (error) {
      failure = error;
      if (context.signal.aborted || !(error instanceof TelosError)) throw error;
      if (error.code !== 'PLAN_INVALID' && drafted.length === 0) throw error;
      notes.push(`Candidate ${number} is none: ${error.message}`);
      if (error.code !== 'PLAN_INVALID') break;
    }
  }
  if (drafted.length === 0) throw failure;
  const different = drafted.filter(({ hash }, index) => drafted.findIndex((one) => one.hash === hash) === index);
  const spent = drafted.reduce((sum, { usage }) => addUsage(sum, usage), noUsage);
  if (different.length === 1) return chosenOf(drafted, [...notes, 'There was nothing to compare it with.']);
  const costs = await Promise.all(
    different.map(async ({ program }) => (await estimateProgram(program, estimates)).total.expected),
  );
  const { places, usage } = await placed(request, different, costs, context, drafting);
  const order = [...different.keys()].sort((one, other) => {
    const byPlace = (places[other]?.score ?? 0) - (places[one]?.score ?? 0);
    return byPlace !== 0 ? byPlace : cheaper(costs[one], costs[other]) || one - other;
  });
  const ordered = order.flatMap((index) => different[index] ?? []);
  const candidates = order.map((index, rank): PlanCandidate => ({
    program: different[index]?.hash ?? '',
    chosen: rank === 0,
    ...places[index],
    reason: places[index]?.reason ?? 'Nobody could compare it with the others: what costs less comes first.',
  }));
  return told(ordered, { candidates, notes, usage: addUsage(spent, usage), rejected: drafted });
}

/** Of plans that nobody has compared: the first. */
function chosenOf(drafted: readonly DraftedPlan[], notes: readonly string[]): DraftedPlan {
  const usage = drafted.reduce((sum, one) => addUsage(sum, one.usage), noUsage);
  const [first] = drafted;
  const candidates = [{ program: first?.hash ?? '', chosen: true, reason: 'It is the only one.' }];
  return told(drafted, { candidates, notes, usage, rejected: drafted });
}

function told(
  [best]: readonly DraftedPlan[],
  made: {
    readonly candidates: readonly PlanCandidate[];
    readonly notes: readonly string[];
    readonly usage: Usage;
    readonly rejected: readonly DraftedPlan[];
  },
): DraftedPlan {
  if (best === undefined) throw new TelosError('BUG', 'Of no plans none is the best.');
  const { candidates, notes, usage } = made;
  const said = candidates.length === 1 ? [] : candidates.map(candidateText);
  const { planner, version, objectives: stated, steps, notes: own } = best.objectives;
  const objectives = { planner, version, objectives: stated, steps, notes: [...own, ...said, ...notes], candidates };
  return { ...best, objectives, rejected: made.rejected.flatMap(({ rejected }) => rejected), usage };
}

function candidateText({ program, chosen, reason }: PlanCandidate, index: number): string {
  return `${chosen ? 'Chosen' : `Passed over, place ${index + 1}`}: ${program.slice(0, 12)}. ${reason}`;
}

/** Negative when the first costs less: by money, then by calls. */
function cheaper(one: Usage | undefined, other: Usage | undefined): number {
  return (one?.usd ?? 0) - (other?.usd ?? 0) || (one?.calls ?? 0) - (other?.calls ?? 0);
}
