/** A run as it is shown to somebody who may not see what is private in it. */
import { checksOfGate, labellingOf, runInput } from '@telos/core';
import type { Json, Labelling, Payload, Program, Step } from '@telos/core';
import type { ErrorView, GateView, PayloadView, RunStatusView, StepStatusView, UsageView } from '@telos/contract';
import type { FoldedRun, FoldedStep } from '../run-view/folded-run.ts';
import type { ShowPayload } from '../run-view/payloads.ts';
import type { ReadRun } from '../run-view/read-run.ts';
import { stepDefinitions } from '../run-view/step-definitions.ts';
import { mask, PrivateValues } from './mask-private.ts';

/** A value, or the beginning of one that is too large. */
export type SharedValue = { readonly value: Json } | { readonly preview: string; readonly bytes: number };

export type SharedStep = {
  readonly path: string;
  /** From 0, by the blocks around it. */
  readonly depth: number;
  /** Its path within its block. */
  readonly name: string;
  /** Its tool, or what kind of block it is. */
  readonly kind: string;
  readonly status: StepStatusView;
  readonly attempt: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly usage: UsageView;
  readonly gate?: GateView;
  readonly error?: ErrorView;
  readonly input?: SharedValue;
  readonly output?: SharedValue;
};

export type SharedRun = {
  readonly id: string;
  readonly workflow: string;
  readonly status: RunStatusView;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly usage: UsageView;
  readonly score?: number;
  readonly error?: ErrorView;
  readonly inputs: SharedValue;
  readonly outputs?: SharedValue;
  readonly steps: readonly SharedStep[];
  /** Masks in any text what was found to be private. */
  readonly scrubbed: (text: string) => string;
};

/** The payloads that a shared run shows. */
export function sharedPayloads({ created, outputs, steps }: FoldedRun): readonly (Payload | undefined)[] {
  const last = [...steps.values()].map(({ attempts }) => attempts.at(-1));
  return [created.inputs, outputs, ...last.map((attempt) => attempt?.output), ...last.map((attempt) => attempt?.input)];
}

export function sharedRun(
  { folded, program, programs }: ReadRun,
  show: ShowPayload,
  secrets: readonly string[],
): SharedRun {
  const hidden = new PrivateValues();
  hidden.hide([...secrets]);
  const definition = stepDefinitions(program, programs, folded.steps);
  const inputs = value(show(folded.created.inputs), inputLabelling(folded, program), hidden);
  const isAnyPrivate = hasPrivate(folded, program);
  const steps = [...folded.steps.values()].map((step): SharedStep => {
    const { path, parent } = step.place;
    const last = step.attempts.at(-1);
    const defined = definition(path);
    const isPrivate = carriesPrivate(step);
    const isGateQuiet = isPrivate || (isAnyPrivate && (defined === undefined || isShownMore(defined)));
    return {
      path,
      depth: depthOf(step, folded),
      name: parent === undefined ? path : path.slice(parent.length).replace(/^\./, ''),
      kind: defined === undefined ? '' : defined.kind === 'action' ? defined.uses : defined.kind,
      status: step.status,
      attempt: last?.attempt ?? 0,
      startedAt: step.startedAt,
      ...(step.endedAt === undefined ? {} : { endedAt: step.endedAt }),
      usage: step.usage,
      ...(step.gate === undefined ? {} : { gate: isGateQuiet ? quietGate(step.gate) : step.gate }),
      ...(step.error === undefined ? {} : { error: isPrivate ? quietError(step.error) : step.error }),
      ...(last?.input === undefined ? {} : { input: value(show(last.input), step.inputLabelling, hidden) }),
      ...(last?.output === undefined ? {} : { output: value(show(last.output), step.labelling, hidden) }),
    };
  });
  const { created, startedAt, endedAt, error, gates } = folded;
  const outputs = folded.outputs === undefined ? undefined : show(folded.outputs);
  const failed = error?.path === undefined ? undefined : folded.steps.get(error.path);
  const isQuiet = failed === undefined ? isAnyPrivate : carriesPrivate(failed);
  return {
    id: folded.run,
    workflow: created.workflow,
    status: folded.status,
    createdAt: created.at,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    usage: folded.usage,
    ...(gates.count === 0 ? {} : { score: gates.score / gates.count }),
    ...(error === undefined ? {} : { error: isQuiet ? quietError(error) : error }),
    inputs,
    ...(outputs === undefined ? {} : { outputs: value(outputs, outputLabelling(folded, program), hidden) }),
    steps,
    scrubbed: (text) => hidden.scrubbed(text),
  };
}

function value(shown: PayloadView, labelling: Labelling | undefined, hidden: PrivateValues): SharedValue {
  if ('value' in shown) return { value: hidden.masked(shown.value, labelling) };
  const isPrivate = labelling !== undefined && mayHoldPrivate(labelling);
  return { preview: isPrivate ? mask : (shown.preview ?? ''), bytes: shown.bytes };
}

function mayHoldPrivate({ private: whole, fields = {} }: Labelling): boolean {
  return whole !== undefined || Object.values(fields).some(mayHoldPrivate);
}

/** What the inputs came with, and those that the workflow calls private; all of them when it is not known. Undefined when none is. */
function inputLabelling({ created }: FoldedRun, program: Program | undefined): Labelling | undefined {
  if (program === undefined) return { private: ['inputs'] };
  const given = labellingOf(created, 'inputs');
  const named = Object.entries(program.inputs).filter(([, input]) => input.private === true);
  const fields = Object.fromEntries(named.map(([name]) => [name, { private: [`inputs.${name}`] }]));
  const labelling = { ...given, fields: { ...given.fields, ...fields } };
  return mayHoldPrivate(labelling) ? labelling : undefined;
}

/** An output is private when something that it is made of is. */
function outputLabelling(run: FoldedRun, program: Program | undefined): Labelling | undefined {
  if (!hasPrivate(run, program)) return undefined;
  const everything: Labelling = { private: ['outputs'] };
  if (program === undefined) return everything;
  const inputs = inputLabelling(run, program);
  const isPrivate = (template: Json): boolean => {
    const text = JSON.stringify(template);
    const used = [...text.matchAll(/\b(steps|inputs|vars)\b(?:\.([a-z][a-z0-9_]*))?/g)];
    return used.some(([, from, name]) => {
      if (name === undefined) return true;
      // Variables are made of inputs.
      if (from === 'vars') return isPrivate(program.vars[name] ?? null);
      if (from === 'inputs') return inputs !== undefined && mayHoldPrivate(inputs.fields?.[name] ?? inputs);
      const step = run.steps.get(name);
      return step !== undefined && givesPrivate(step);
    });
  };
  // What was hidden of its input comes back in all of its outputs.
  if (run.steps.get(runInput)?.restored === true) return everything;
  const fields = Object.entries(program.outputs).map(([name, template]): [string, Labelling] => [
    name,
    isPrivate(template) ? everything : {},
  ]);
  return { ...everything, fields: Object.fromEntries(fields) };
}

function hasPrivate(run: FoldedRun, program: Program | undefined): boolean {
  return inputLabelling(run, program) !== undefined || [...run.steps.values()].some(givesPrivate);
}

/** Whether what is made of its output is: what its rails hid from it comes back there. */
function givesPrivate(step: FoldedStep): boolean {
  return step.restored === true || carriesPrivate(step);
}

function carriesPrivate({ labels, labelling = {}, inputLabelling: given = {} }: FoldedStep): boolean {
  return labels.includes('private') || mayHoldPrivate(labelling) || mayHoldPrivate(given);
}

/** Whether its checks are shown more than what it gave: that may be private where the output is not. */
function isShownMore({ gate }: Pick<Step, 'gate'>): boolean {
  return (
    gate?.pass !== undefined ||
    checksOfGate(gate).some(({ uses, with: given }) => uses === 'cel' || JSON.stringify(given).includes('${{'))
  );
}

/** What is said of a private value may quote it. */
function quietGate(gate: GateView): GateView {
  return { ...gate, verdicts: gate.verdicts.map(({ evidence: _evidence, ...said }) => ({ ...said, reason: mask })) };
}

function quietError({ code, kind, path }: ErrorView): ErrorView {
  return { code, kind, message: mask, ...(path === undefined ? {} : { path }) };
}

function depthOf(step: FoldedStep, { steps }: FoldedRun): number {
  let depth = 0;
  for (let above = step.place.parent; above !== undefined; above = steps.get(above)?.place.parent) depth += 1;
  return depth;
}
