/**
 * The steps that decided when a run ended: from its end backwards, the step that
 * ended last, then the one that ended last before that one began, and so on;
 * inside a block the same among its own steps. Making any other step quicker
 * would not have made the run quicker.
 */
import type { RunModel, StepNode } from './run-model.ts';

/** @returns Their paths. O(n log n) in steps. */
export function criticalPath(model: RunModel, now: number): ReadonlySet<string> {
  const inside = new Map<string, Timed[]>();
  for (const step of model.steps.values()) {
    const timed = timeOf(step, now);
    if (timed === undefined) continue;
    const list = inside.get(step.parent ?? '');
    if (list === undefined) inside.set(step.parent ?? '', [timed]);
    else list.push(timed);
  }
  const path = new Set<string>();
  const open = [''];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    const latest = (inside.get(block) ?? []).sort((left, right) => right.end - left.end || right.start - left.start);
    let before = Infinity;
    for (const { step, start, end } of latest) {
      if (end > before) continue;
      path.add(step.path);
      open.push(step.path);
      before = start;
    }
  }
  return path;
}

type Timed = { readonly step: StepNode; readonly start: number; readonly end: number };

function timeOf(step: StepNode, now: number): Timed | undefined {
  if (step.startedAt === undefined) return undefined;
  return { step, start: step.startedAt, end: Math.max(step.startedAt, step.endedAt ?? now) };
}
