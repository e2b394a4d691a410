import { writtenKind } from '@telos/core';
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

/** Finds the program that was the body of a plan or of another workflow, by the paths that its block may have in a run. */
type BodyOf = (paths: RegExp) => Program | undefined;

/**
 * Every step of a program, a block before what is inside it.
 *
 * @param bodyOf Of a run: what became the body of a plan, and of another workflow; neither is known before it runs.
 */
export function stepOutlines(program: Program, bodyOf: BodyOf = () => undefined): StepOutline[] {
  const own = (steps: readonly Step[], prefix: string) =>
    steps.flatMap((step) => outline(step, { prefix, pattern: escaped(prefix) }, bodyOf));
  const handlers = (program.catch ?? []).flatMap(({ steps }, index) => own(steps, `catch[${index}].`));
  return [...own(program.steps, ''), ...handlers, ...own(program.finally?.steps ?? [], 'finally.')];
}

/** The list that a step stands in. `pattern`: what paths in a run begin with where the outline has `prefix`. */
type ListPlace = { readonly parent?: string; readonly prefix: string; readonly pattern: string };

function outline(step: Step, { parent, prefix, pattern }: ListPlace, bodyOf: BodyOf): StepOutline[] {
  const path = `${prefix}${step.id}`;
  const paths = `${pattern}${step.id}`;
  const own: StepOutline = {
    path,
    id: step.id,
    kind: writtenKind(step),
    ...(step.kind === 'action' ? { uses: step.uses } : {}),
    ...(parent === undefined ? {} : { parent }),
    after: [...step.after],
  };
  const inside = (steps: readonly Step[], key: string, keys = escaped(key)) =>
    steps.flatMap((child) =>
      outline(child, { parent: path, prefix: `${path}${key}.`, pattern: `${paths}${keys}\\.` }, bodyOf),
    );
  switch (step.kind) {
    case 'foreach':
      return [own, ...inside(step.steps, '', anyItem)];
    case 'loop':
      return [own, ...inside(step.steps, '', anyRound)];
    case 'parallel':
      return [own, ...Object.entries(step.branches).flatMap(([name, steps]) => inside(steps, `.${name}`))];
    case 'switch':
      return [own, ...step.cases.flatMap(({ steps }, index) => inside(steps, `[${index}]`))];
    case 'plan':
    case 'workflow':
      return [own, ...inside(bodyOf(new RegExp(`^${paths}$`))?.steps ?? [], '', anyRound)];
    case 'action':
    case 'agent':
    case 'wait':
    case 'approve':
      return [own];
  }
}

const anyItem = '\\[\\d+\\]';
const anyRound = '#\\d+';

function escaped(text: string): string {
  return text.replaceAll(/[.[\]]/g, '\\$&');
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
