/**
 * What a run of a program is likely to cost, told before there is one: step by
 * step, with everything that had to be assumed. It calls no tool and no model.
 */
import { addUsage, checksOfGate, noUsage } from '@telos/core';
import type {
  ActionStep,
  AgentStep,
  CalledAgent,
  CalledWorkflow,
  JsonObject,
  PlanStep,
  Program,
  RailsSpec,
  RailUse,
  Remedy,
  Step,
  Usage,
  WorkflowStep,
} from '@telos/core';
import { isObject } from '@telos/language/text';
import { budgetWarnings, itemsOf, modelAssumptions, roundsOf } from './assumptions.ts';
import { attemptCost, checksCost, generalAssumptions } from './attempt-cost.ts';
import type { Assumed, EstimateDeps } from './attempt-cost.ts';
import { dearest, lasting, noCost, once, plus, times } from './cost.ts';
import type { Cost, Times } from './cost.ts';
import { plannedCost } from './planned-cost.ts';
import { createSampling } from './sample-input.ts';
import type { Sample } from './sample-input.ts';

/** Of an agent: its turns, and what each writes and adds to what the next one reads. */
const usualTurns = 4;
const turnTokens = 300;
const turnText = 3000;

export type StepEstimate = {
  /** `findings.search`, `both.left.search`, `route[0].ask`. */
  readonly step: string;
  readonly kind: Step['kind'];
  readonly uses?: string;
  /** How often it runs in one run. */
  readonly times: Times;
  /** Of all its times, a block's with all that is in it; `ms` is that of one time. */
  readonly cost: Cost;
  readonly assumes: readonly string[];
};

export type Estimate = {
  readonly steps: readonly StepEstimate[];
  readonly total: Cost;
  /** What holds for all steps. */
  readonly assumes: readonly string[];
  /** What the program's budget does not allow. */
  readonly warnings: readonly string[];
};

/** What is found on the way: a row for each step, and the programs that are counted. */
type Found = { readonly rows: StepEstimate[]; readonly programs: Program[] };

export async function estimateProgram(program: Program, deps: EstimateDeps): Promise<Estimate> {
  const found: Found = { rows: [], programs: [program] };
  const listCost = estimating(program, {}, [program.id], deps, found);
  const held = heldBy(program.rails, noneHeld);
  let total = await listCost(program.steps, '', once, held);
  total = plus(total, await scoringCost(program, deps));
  if (program.finally !== undefined) total = plus(total, await listCost(program.finally.steps, 'finally', once, held));
  const assumes = [...generalAssumptions, ...(await modelAssumptions(found.programs, deps))];
  const own = await checksCost(deps, runRails(program), createSampling(program));
  if (own.most.calls > 0) {
    assumes.push('the rails of the run itself are counted in the total alone');
    total = lasting(plus(total, own), {
      expected: total.expected.ms + own.expected.ms,
      most: total.most.ms + own.most.ms,
    });
  }
  if ((program.catch ?? []).length > 0) assumes.push('the steps under `catch` are not counted: nothing fails');
  return { steps: found.rows, total, assumes, warnings: budgetWarnings(program, total) };
}

/** Rails of the blocks and workflows around a list, on its tool calls and on what these write into memory. */
type Held = { readonly calls: readonly RailUse[]; readonly memory: readonly RailUse[] };

const noneHeld: Held = { calls: [], memory: [] };

function heldBy(rails: RailsSpec | undefined, { calls, memory }: Held): Held {
  const { tool_arguments: given = [], tool_result: gave = [], memory_write: written = [] } = rails ?? {};
  return { calls: [...calls, ...given, ...gave], memory: [...memory, ...written] };
}

function runRails({ rails }: Program): readonly RailUse[] {
  return [...(rails?.input ?? []), ...(rails?.output ?? [])];
}

/** Of a plan: what telling whether its objectives are met asks of models. */
function scoringCost({ objectives = [] }: Program, deps: EstimateDeps): Promise<Cost> {
  const checks = objectives.flatMap(({ check }) => check ?? []);
  return checksCost(deps, checks, (value) => ({ value, standsIn: false }));
}

/** What a list of steps runs for once, at most how often, and where. */
type ListCost = (steps: readonly Step[], chain: string, count: Times, held: Held) => Promise<Cost>;

/**
 * Estimates lists of one program.
 *
 * @param given Inputs that are known.
 * @param around Ids of the workflows that it runs in, its own last.
 */
function estimating(
  program: Program,
  given: JsonObject,
  around: readonly string[],
  deps: EstimateDeps,
  found: Found,
): ListCost {
  const sample = createSampling(program, given);
  const { rows } = found;

  /** Of one time that a list runs: what it adds up to, and how long its longest chain takes. */
  async function listCost(steps: readonly Step[], inside: string, count: Times, held: Held): Promise<Cost> {
    let sum = noCost;
    const ends = new Map<string, Times>();
    const latest = (ids: Iterable<string>): Times => {
      let last: Times = { expected: 0, most: 0 };
      for (const id of ids) {
        const end = ends.get(id);
        if (end !== undefined)
          last = { expected: Math.max(last.expected, end.expected), most: Math.max(last.most, end.most) };
      }
      return last;
    };
    for (const step of steps) {
      const cost = await stepCost(step, inside === '' ? step.id : `${inside}.${step.id}`, count, held);
      const begin = latest(step.after);
      ends.set(step.id, { expected: begin.expected + cost.expected.ms, most: begin.most + cost.most.ms });
      sum = plus(sum, cost);
    }
    return lasting(sum, latest(ends.keys()));
  }

  /** Of one time that a step runs. Its row, with all its times, comes before those of what is inside it. */
  async function stepCost(step: Step, chain: string, count: Times, held: Held): Promise<Cost> {
    const at = rows.length;
    const { cost, assumes } =
      step.kind === 'action'
        ? await actionCost(step, heldBy(step.rails, held))
        : await blockCost(step, chain, count, heldBy(step.rails, held));
    const whole = step.kind === 'action' ? cost : await withJudging(step, cost);
    const all = times(whole, count);
    rows.splice(at, 0, {
      step: chain,
      kind: step.kind,
      ...(step.kind === 'action' ? { uses: step.uses } : {}),
      times: count,
      cost: lasting(all, { expected: whole.expected.ms, most: whole.most.ms }),
      assumes: [...(step.when === undefined ? [] : ['it runs: `when` holds']), ...assumes],
    });
    return whole;
  }

  async function actionCost(step: ActionStep, held: Held): Promise<Assumed> {
    const given = sample(step.with);
    const first = await attemptCost(deps, step, given);
    const remembers = deps.catalog.tools.get(step.uses)?.remembers === true;
    const rails = [...onOwnValues(step), ...held.calls, ...(remembers ? held.memory : [])];
    const judged = await checksCost(deps, [...rails, ...checksOfGate(step.gate)], sample);
    const { retry } = step;
    let most = times(plus(first.cost, judged), { expected: 1, most: retry?.max ?? 1 });
    const assumes = [...first.assumes];
    for (const remedy of step.gate?.onFail ?? []) {
      const again = remedy.do === 'escalate' ? await attemptCost(deps, step, withModel(given, remedy)) : first;
      const repeated = remedy.do === 'repair' ? remedy.times : remedy.do === 'escalate' ? 1 : 0;
      most = plus(most, times(plus(again.cost, judged), { expected: 0, most: repeated }));
    }
    return { cost: most, assumes };
  }

  /** A block whose gate fails is not run again. */
  async function withJudging(step: Step, cost: Cost): Promise<Cost> {
    return plus(cost, await checksCost(deps, [...onOwnValues(step), ...checksOfGate(step.gate)], sample));
  }

  async function blockCost(step: Exclude<Step, ActionStep>, chain: string, count: Times, held: Held): Promise<Assumed> {
    switch (step.kind) {
      case 'foreach': {
        const { items, assumes } = itemsOf(step, program, sample(step.items));
        const body = await listCost(step.steps, chain, product(count, items), held);
        return { cost: times(body, items, step.maxParallel), assumes };
      }
      case 'loop': {
        const rounds = roundsOf(step);
        const body = await listCost(step.steps, chain, product(count, rounds), held);
        const assumes = step.until === undefined ? [] : [`${rounds.expected} of at most ${step.max} rounds`];
        return { cost: times(body, rounds), assumes };
      }
      case 'parallel': {
        let sum = noCost;
        let ms: Times = { expected: 0, most: 0 };
        for (const [name, steps] of Object.entries(step.branches)) {
          const branch = await listCost(steps, `${chain}.${name}`, count, held);
          sum = plus(sum, branch);
          ms = { expected: Math.max(ms.expected, branch.expected.ms), most: Math.max(ms.most, branch.most.ms) };
        }
        return { cost: lasting(sum, ms), assumes: [] };
      }
      case 'switch': {
        const cases: Cost[] = [];
        for (const [index, { steps }] of step.cases.entries())
          cases.push(await listCost(steps, `${chain}[${index}]`, count, held));
        return { cost: dearest(cases), assumes: step.cases.length > 1 ? ['the dearest of its cases'] : [] };
      }
      case 'agent':
        return agentCost(step, chain, count, held);
      case 'plan':
        return planCost(step);
      case 'workflow':
        return childCost(step, chain, count, held);
      case 'wait': {
        const { wait } = step;
        const ms = wait.for === 'duration' && typeof wait.ms === 'number' ? wait.ms : undefined;
        if (ms !== undefined) return { cost: lasting(noCost, { expected: ms, most: ms }), assumes: [] };
        return { cost: noCost, assumes: ['the time that it waits is not counted'] };
      }
      case 'approve':
        return { cost: noCost, assumes: ['the time that a person takes is not counted'] };
    }
  }

  /** Usually the first plan does; at most every round is used up. */
  async function planCost(step: PlanStep): Promise<Assumed> {
    const { cost, assumes } = await plannedCost(deps, step, sample(step.with));
    const { rounds = 1 } = step;
    if (rounds === 1) return { cost, assumes };
    return { cost: times(cost, { expected: 1, most: rounds }), assumes: [...assumes, `1 of at most ${rounds} rounds`] };
  }

  async function childCost(
    { workflow: id, with: given }: WorkflowStep,
    chain: string,
    count: Times,
    held: Held,
  ): Promise<Assumed> {
    if (around.includes(id)) return { cost: noCost, assumes: [`the workflow ${id} runs itself: that is not counted`] };
    const child = await deps.workflow?.(id);
    if (child === undefined) {
      return { cost: noCost, assumes: [`the workflow ${id} is not counted: no file of that name is beside this one`] };
    }
    found.programs.push(child);
    const { value } = sample(given);
    const inside = estimating(child, isObject(value) ? value : {}, [...around, id], deps, found);
    const steps = await inside(child.steps, chain, count, heldBy(child.rails, held));
    return {
      cost: plus(steps, await checksCost(deps, runRails(child), createSampling(child))),
      assumes: [`${id} is what its file has now: a run takes the version of its start`],
    };
  }

  /** Each turn reads all that was said before it. */
  async function agentCost(step: AgentStep, chain: string, count: Times, held: Held): Promise<Assumed> {
    const { value } = sample({ instructions: step.instructions, input: step.input });
    const text = JSON.stringify(value);
    const turns: Times = { expected: Math.min(usualTurns, step.maxTurns), most: step.maxTurns };
    const turn = async (number: number): Promise<Usage> => {
      const said = `${text}${'x'.repeat((number - 1) * turnText)}`;
      const asked = { model: step.model, messages: [{ role: 'user', text: said } as const], maxTokens: turnTokens };
      return { ...(await deps.models.estimate(asked)), ms: 5000 };
    };
    const sum = async (upTo: number): Promise<Usage> => {
      let usage = noUsage;
      for (let number = 1; number <= upTo; number++) usage = addUsage(usage, await turn(number));
      return usage;
    };
    const own = { expected: await sum(turns.expected), most: await sum(turns.most) };
    const { cost, assumes } = await calledCost(step, chain, count, held);
    const ofTurns = `${turns.expected} of at most ${turns.most} turns; what its tools cost is not counted`;
    return { cost: plus(own, cost), assumes: [ofTurns, ...assumes] };
  }

  /** Of the workflows and agents that an agent calls: each once, and at most in each turn but the last, which calls nothing. */
  async function calledCost({ tools, maxTurns }: AgentStep, chain: string, count: Times, held: Held): Promise<Assumed> {
    const calls: Times = { expected: Math.min(1, maxTurns - 1), most: maxTurns - 1 };
    const once = { expected: calls.expected, most: calls.expected };
    const takers: Cost[] = [];
    let sum = noCost;
    for (const tool of tools) {
      if ('uses' in tool) continue;
      const handsOff = 'agent' in tool && tool.handsOff === true;
      const often = handsOff ? once : calls;
      const cost = await stepCost(calledStep(tool), `${chain}.${tool.name}`, product(count, often), held);
      if (handsOff) takers.push(times(cost, once));
      else sum = plus(sum, times(cost, calls));
    }
    const named = tools.filter((tool) => !('uses' in tool) && !('agent' in tool && tool.handsOff === true));
    const assumes = [
      ...(named.length === 0
        ? []
        : [`it calls ${named.map(({ name }) => name).join(', ')} once each, at most once a turn`]),
      ...(takers.length === 0 ? [] : ['it hands over to the dearest of those who may take over']),
    ];
    return { cost: takers.length === 0 ? sum : plus(sum, dearest(takers)), assumes };
  }

  return listCost;
}

/** What an agent calls that is no tool, as the step that the call is. */
function calledStep(tool: CalledWorkflow | CalledAgent): WorkflowStep | AgentStep {
  const base = { id: tool.name, after: [], reads: [], onError: 'continue' } as const;
  return 'workflow' in tool
    ? { ...base, kind: 'workflow', workflow: tool.workflow, with: {} }
    : { ...base, ...tool.agent, kind: 'agent', input: '' };
}

/** Rails on what a step is given and what it gives. */
function onOwnValues({ rails }: Step): readonly RailUse[] {
  return [...(rails?.input ?? []), ...(rails?.output ?? [])];
}

function withModel({ value, standsIn }: Sample, { model }: Extract<Remedy, { do: 'escalate' }>): Sample {
  return isObject(value)
    ? { value: { ...value, model: typeof model === 'string' ? model : { fallback: [...model.fallback] } }, standsIn }
    : { value, standsIn };
}

function product(left: Times, right: Times): Times {
  return { expected: left.expected * right.expected, most: left.most * right.most };
}
