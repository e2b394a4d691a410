/** Reads one step: an action, or one of the blocks that this version runs. */
import type { Json, Step } from '@telos/core';
import { blockKinds } from '../document/step-schema.ts';
import { fieldOf, isObject } from '../text/json-shape.ts';
import { resolveAction } from './action.ts';
import { resolveAgent } from './blocks/agent.ts';
import { resolveBestOf, resolveMapReduce } from './blocks/composed.ts';
import { resolveForeach } from './blocks/foreach.ts';
import { resolveLoop } from './blocks/loop.ts';
import { resolveParallel } from './blocks/parallel.ts';
import { resolvePlan } from './blocks/plan.ts';
import { resolveSwitch } from './blocks/switch.ts';
import { resolveWorkflow } from './blocks/workflow.ts';
import { reportMisplaced } from './misplaced.ts';
import { refuseOnBlock } from './policies.ts';
import type { StepSite } from './step-site.ts';
import { resolveApprove } from './waits/approve.ts';
import { resolveWait } from './waits/wait.ts';

const shapes: { readonly [shape: string]: (step: Json, site: StepSite) => Step | undefined } = {
  uses: resolveAction,
  foreach: resolveForeach,
  loop: resolveLoop,
  parallel: resolveParallel,
  switch: resolveSwitch,
  approve: resolveApprove,
  wait: resolveWait,
  workflow: resolveWorkflow,
  plan: resolvePlan,
  agent: resolveAgent,
  best_of: resolveBestOf,
  map_reduce: resolveMapReduce,
};

/** Blocks that open their body once, and leave it to the steps inside to try again. */
const openedOnce: readonly string[] = ['foreach', 'loop', 'parallel', 'switch', 'workflow', 'best_of', 'map_reduce'];

export function resolveStep(step: Json, site: StepSite): Step | undefined {
  if (!isObject(step)) return undefined;
  const { place, resolution } = site;
  const [shape, second] = ['uses', ...blockKinds].filter((key) => fieldOf(step, key) !== undefined);
  if (shape === undefined) {
    const hint = `a tool (uses: llm) or one of ${blockKinds.slice(0, 4).join(', ')} ...`;
    resolution.report({ code: 'MISSING_KEY', place, message: 'a step needs `uses` or a block', hint });
    return undefined;
  }
  if (second !== undefined) {
    const message = `a step is one thing: it has \`${shape}\` and \`${second}\``;
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, second],
      at: 'key',
      message,
      hint: 'make two steps of it',
    });
  }
  reportMisplaced(step, shape, site);
  if (openedOnce.includes(shape)) refuseOnBlock(step, place, shape, resolution);
  const resolve = shapes[shape];
  if (resolve !== undefined) return resolve(step, site);
  resolution.report({
    code: 'UNSUPPORTED',
    place: [...place, shape],
    at: 'key',
    message: `the block \`${shape}\` cannot be run yet`,
  });
  return undefined;
}
