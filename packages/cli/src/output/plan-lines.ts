/** Plans as a person reads them: what is to be approved, and what became of each round. */
import { calibrationText } from '@telos/contract';
import type { PlanRoundView, StepDetail } from '@telos/contract';
import type { Json } from '@telos/core';
import { z } from 'zod';
import { countText, durationText, moneyText } from './amounts.ts';

const cost = z.object({ calls: z.number(), tokens: z.number(), usd: z.number(), ms: z.number() });

/** As the planner shows a plan; what is not of this form is left out. */
const shownPlan = z.object({
  plan: z.string().default(''),
  objectives: z.array(z.object({ id: z.string(), objective: z.string(), criterion: z.string() })).default([]),
  steps: z
    .array(
      z.object({
        step: z.string(),
        uses: z.string().optional(),
        block: z.string().optional(),
        why: z.string().optional(),
        change: z.string().optional(),
      }),
    )
    .default([]),
  removed: z.array(z.string()).default([]),
  may_cost: z.object({ expected: cost, most: cost }).optional(),
  notes: z.array(z.string()).default([]),
});

const signs: { readonly [change: string]: string } = { same: '=', changed: '~', added: '+', removed: '-' };

/** Objectives, steps with their reasons and how they differ from the plan before, what it may cost, its text. */
export function shownPlanLines(show: Json): readonly string[] {
  const read = shownPlan.safeParse(show);
  if (!read.success) return [];
  const { plan, objectives, steps, removed, may_cost: may, notes } = read.data;
  return [
    ...objectives.map(({ id, objective, criterion }) => `${id}: ${objective} (${criterion})`),
    ...steps.map(({ step, uses, block, why, change }) =>
      [signs[change ?? ''] ?? '', step, uses ?? block ?? '', why ?? ''].filter((part) => part !== '').join('  '),
    ),
    ...removed.map((step) => `-  ${step}`),
    ...(may === undefined ? [] : [`may cost ${costText(may.expected)}, at most ${costText(may.most)}`]),
    ...notes,
    ...plan.trimEnd().split('\n'),
  ];
}

function costText({ calls, tokens, usd, ms }: z.infer<typeof cost>): string {
  return `${countText(calls)} calls, ${countText(tokens)} tokens, ${moneyText(usd)}, ${durationText(ms)}`;
}

/** Each plan of a block: how its steps differ from those of the one before, and what was said of its objectives. */
export function planRoundLines({ plans = [] }: Pick<StepDetail, 'plans'>): readonly string[] {
  return plans.flatMap(roundLines);
}

function roundLines({
  round,
  program,
  planner,
  candidates = [],
  changes = [],
  kept,
  objectives,
}: PlanRoundView): readonly string[] {
  return [
    `plan ${round}: ${program.slice(0, 12)}${planner === undefined ? '' : `, by ${planner}`}`,
    ...(candidates.length < 2 ? [] : candidates).map(
      ({ program: hash, chosen, score, reason }) =>
        `  ${chosen ? 'chosen' : 'passed over'}  ${hash.slice(0, 12)}  ${score === undefined ? '' : `${score.toFixed(2)}  `}${reason}`,
    ),
    ...changes.map(
      ({ step, change }) => `  ${signs[change] ?? ''} ${step}${kept.includes(step) ? '  (not run again)' : ''}`,
    ),
    ...objectives.map(({ id, criterion, result }) => {
      if (result === undefined) return `  ? ${id}  ${criterion}`;
      const sign = result.verdict === 'pass' ? '✓' : result.verdict === 'fail' ? '✗' : '?';
      const worth = result.calibration === undefined ? '' : `  (${calibrationText(result.calibration)})`;
      return `  ${sign} ${id}  ${result.score.toFixed(2)}  ${criterion}  ${result.reason}${worth}`;
    }),
  ];
}
