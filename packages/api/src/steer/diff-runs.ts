/** Two runs side by side: their steps aligned by path, and where inputs and outputs differ. */
import type { Instant, Payload } from '@telos/core';
import type { Changes, PayloadView, RunDiff, StepDiff } from '@telos/contract';
import type { FoldedRun, FoldedStep } from '../run-view/folded-run.ts';
import type { ShowPayload } from '../run-view/payloads.ts';
import { diffValues } from './diff-values.ts';

/** The payloads that a diff of this run compares. */
export function diffPayloads(run: FoldedRun): readonly (Payload | undefined)[] {
  const steps = [...run.steps.values()].flatMap((step) => {
    const last = step.attempts.at(-1);
    return [last?.output, last?.input];
  });
  return [run.created.inputs, run.outputs, ...steps];
}

/** @param withSame Whether steps that are the same stand among the others. */
export function diffRuns(a: FoldedRun, b: FoldedRun, show: ShowPayload, withSame = false): RunDiff {
  const steps: StepDiff[] = [];
  let same = 0;
  for (const path of new Set([...a.steps.keys(), ...b.steps.keys()])) {
    const left = a.steps.get(path);
    const right = b.steps.get(path);
    const input = diffPayload(left?.attempts.at(-1)?.input, right?.attempts.at(-1)?.input, show);
    const output = diffPayload(left?.attempts.at(-1)?.output, right?.attempts.at(-1)?.output, show);
    if (left !== undefined && left.status === right?.status && input === undefined && output === undefined) {
      same += 1;
      if (!withSame) continue;
    }
    steps.push({
      path,
      ...(left === undefined ? {} : { a: sideOf(left) }),
      ...(right === undefined ? {} : { b: sideOf(right) }),
      ...(input === undefined || left === undefined || right === undefined ? {} : { input }),
      ...(output === undefined || left === undefined || right === undefined ? {} : { output }),
    });
  }
  const inputs = diffPayload(a.created.inputs, b.created.inputs, show);
  const outputs = diffPayload(a.outputs, b.outputs, show);
  return {
    a: headOf(a),
    b: headOf(b),
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    steps,
    same,
  };
}

function headOf({ run, created, status, usage, gates, startedAt, endedAt }: FoldedRun): RunDiff['a'] {
  return {
    id: run,
    workflow: created.workflow,
    program: created.program,
    status,
    usage,
    ...lengthOf(startedAt, endedAt),
    ...(gates.count === 0 ? {} : { score: gates.score / gates.count }),
  };
}

function sideOf(step: FoldedStep): NonNullable<StepDiff['a']> {
  return {
    status: step.status,
    attempt: step.attempts.at(-1)?.attempt ?? 0,
    usage: step.usage,
    ...lengthOf(step.startedAt, step.endedAt),
    ...(step.gate === undefined ? {} : { score: step.gate.score }),
    ...(step.error === undefined ? {} : { error: step.error }),
  };
}

function lengthOf(startedAt: Instant | undefined, endedAt: Instant | undefined): { readonly ms?: number } {
  return startedAt === undefined || endedAt === undefined ? {} : { ms: Math.max(0, endedAt - startedAt) };
}

function diffPayload(a: Payload | undefined, b: Payload | undefined, show: ShowPayload): Changes | undefined {
  if (JSON.stringify(a) === JSON.stringify(b)) return undefined;
  const left = a === undefined ? undefined : show(a);
  const right = b === undefined ? undefined : show(b);
  if (isWhole(left) && isWhole(right)) return diffValues(left?.value, right?.value);
  return { changes: [], whole: false };
}

/** Whether there is nothing, or a value that is not too large to be compared. */
function isWhole(view: PayloadView | undefined): view is Exclude<PayloadView, { blob: string }> | undefined {
  return view === undefined || 'value' in view;
}
