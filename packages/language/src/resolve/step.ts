/** Reads one step: an action, or one of the blocks that this version runs. */
import type { Json, Step } from '@telos/core';
import { blockKinds } from '../document/step-schema.ts';
import { fieldOf, isObject } from '../text/json-shape.ts';
import { resolveAction } from './action.ts';
import { resolveForeach, resolveParallel, resolvePlan, resolveSwitch } from './blocks.ts';
import { refuseOnBlock } from './policies.ts';
import type { StepSite } from './step-site.ts';

const foreachOnly: readonly string[] = ['as', 'max_parallel', 'on_item_error', 'yield'];

export function resolveStep(step: Json, site: StepSite): Step | undefined {
  if (!isObject(step)) return undefined;
  const { place, resolution } = site;
  const shapes = ['uses', ...blockKinds].filter((key) => fieldOf(step, key) !== undefined);
  const [shape, second] = shapes;
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
  misplaced(step, shape, site);
  if (shape === 'foreach' || shape === 'parallel' || shape === 'switch') refuseOnBlock(step, place, shape, resolution);
  switch (shape) {
    case 'uses':
      return resolveAction(step, site);
    case 'foreach':
      return resolveForeach(step, site);
    case 'parallel':
      return resolveParallel(step, site);
    case 'switch':
      return resolveSwitch(step, site);
    case 'plan':
      return resolvePlan(step, site);
    default:
      resolution.report({
        code: 'UNSUPPORTED',
        place: [...place, shape],
        at: 'key',
        message: `the block \`${shape}\` cannot be run yet`,
      });
      return undefined;
  }
}

/** Keys that belong to another shape of step. */
function misplaced(step: Json, shape: string, site: StepSite): void {
  const belongs: readonly (readonly [string, readonly string[]])[] = [
    ['with', ['uses']],
    ['steps', ['foreach', 'loop']],
    ...foreachOnly.map((key) => [key, ['foreach']] as const),
  ];
  for (const [key, shapes] of belongs) {
    if (fieldOf(step, key) === undefined || shapes.includes(shape)) continue;
    const message = `\`${key}\` belongs to \`${shapes[0] ?? ''}\`, and this step has \`${shape}\``;
    site.resolution.report({ code: 'UNKNOWN_KEY', place: [...site.place, key], at: 'key', message });
  }
}
