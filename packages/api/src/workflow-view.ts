import type { Instant, Program, Requirements, Step, StoredProgram } from '@telos/core';
import type { InputView, RequirementsView, StepOutline, WorkflowDetail, WorkflowSummary } from '@telos/contract';
import { loadProgram } from '@telos/language';
import { timestamp } from './run-view/timestamp.ts';
import { triggersView } from './triggers/triggers-view.ts';

/** The inputs of a program in the order of their declaration. */
export function inputViews(program: Program): InputView[] {
  return Object.entries(program.inputs).map(([name, input]) => ({
    name,
    schema: input.schema,
    required: input.required,
    ...(input.default === undefined ? {} : { default: input.default }),
  }));
}

export function requirementsView(requires: Requirements): RequirementsView {
  return {
    tools: [...requires.tools],
    checks: [...requires.checks],
    models: [...requires.models],
    secrets: [...requires.secrets],
  };
}

/** Every step of a program, a block before what is inside it. Those of a plan, and of another workflow, are not known before it runs. */
export function stepOutlines(program: Program): StepOutline[] {
  const handlers = (program.catch ?? []).flatMap(({ steps }, index) =>
    steps.flatMap((step) => outline(step, undefined, `catch[${index}].`)),
  );
  const last = (program.finally?.steps ?? []).flatMap((step) => outline(step, undefined, 'finally.'));
  return [...program.steps.flatMap((step) => outline(step, undefined, '')), ...handlers, ...last];
}

function outline(step: Step, parent: string | undefined, prefix: string): StepOutline[] {
  const path = `${prefix}${step.id}`;
  const own: StepOutline = {
    path,
    id: step.id,
    kind: step.kind,
    ...(step.kind === 'action' ? { uses: step.uses } : {}),
    ...(parent === undefined ? {} : { parent }),
    after: [...step.after],
  };
  const inside = (steps: readonly Step[], frame: string) => steps.flatMap((child) => outline(child, path, `${frame}.`));
  switch (step.kind) {
    case 'foreach':
    case 'loop':
      return [own, ...inside(step.steps, path)];
    case 'parallel':
      return [own, ...Object.entries(step.branches).flatMap(([name, steps]) => inside(steps, `${path}.${name}`))];
    case 'switch':
      return [own, ...step.cases.flatMap(({ steps }, index) => inside(steps, `${path}[${index}]`))];
    case 'action':
    case 'agent':
    case 'plan':
    case 'workflow':
    case 'wait':
    case 'approve':
      return [own];
  }
}

export function workflowSummary(stored: StoredProgram): WorkflowSummary {
  return summaryOf(stored, loadProgram(stored.program, stored.hash));
}

/** @param versions Newest first, at least one; `shown` is one of them. */
export function workflowDetail(shown: StoredProgram, versions: readonly StoredProgram[], now: Instant): WorkflowDetail {
  const program = loadProgram(shown.program, shown.hash);
  const triggers = triggersView(program, now);
  return {
    ...summaryOf(shown, program),
    ...(shown.source === undefined ? {} : { source: shown.source }),
    steps: stepOutlines(program),
    outputs: Object.keys(program.outputs),
    requires: requirementsView(program.requires),
    ...(triggers === undefined ? {} : { triggers }),
    versions: versions.map(({ hash, storedAt }) => ({ hash, stored_at: timestamp(storedAt) })),
  };
}

function summaryOf(stored: StoredProgram, program: Program): WorkflowSummary {
  return {
    id: stored.id,
    hash: stored.hash,
    ...(program.description === undefined ? {} : { description: program.description }),
    inputs: inputViews(program),
    stored_at: timestamp(stored.storedAt),
  };
}
