/**
 * A plan drafted by a model.
 *
 *   ask -> answer -> compile and check -> accepted
 *    ^                     | faults
 *    +---- feedback -------+          at most `attempts` drafts
 *
 * Each request holds the task, the last draft and its faults; earlier drafts are
 * left out. Each draft is recorded with its faults, so that the trace shows them.
 */
import { addUsage, noUsage, TelosError } from '@telos/core';
import type {
  ChatMessage,
  Clock,
  Exchange,
  Json,
  JsonObject,
  Models,
  ModelSpec,
  PlanSurroundings,
  ToolContext,
  Usage,
} from '@telos/core';
import type { Compiled, Fault } from '@telos/language';
import { checkPlan } from '../check/check-plan.ts';
import type { Grant } from '../check/grant.ts';
import { planFault } from '../check/plan-fault.ts';
import { reasonsOf } from '../check/served-steps.ts';
import type { DraftedPlan, PlanObjective, RejectedDraft } from '../drafted-plan.ts';
import { grantJson } from '../check/grant-json.ts';
import { askedObjectives, isAsked, ownObjectives } from '../objectives/stated-objectives.ts';
import { statesObjectives, withObjectives } from '../objectives/objectives-section.ts';
import { promptPart, promptVersion } from '../prompt/plan-prompt.ts';
import type { ReadRequest } from '../request/plan-request.ts';
import { planAnswerSchema, readPlanAnswer } from './plan-answer.ts';
import type { PlanAnswer } from './plan-answer.ts';
import { isExtractive } from './is-extractive.ts';
import { withHeader } from './plan-source.ts';
import { planTask } from './plan-task.ts';

export type ModelDrafting = {
  readonly models: Models;
  readonly clock: Clock;
  readonly model: ModelSpec;
  /** Drafts in all; >= 1. */
  readonly attempts: number;
  /** Of several candidates: which one this is, from 1, and the texts of those that there are. */
  readonly candidate?: { readonly number: number; readonly others: readonly string[] };
};

/** The model in use writes no plans: it only quotes. */
export type NoPlanner = { readonly unable: string };

/**
 * @throws TelosError PLAN_INVALID with the last faults in `details.faults` when no draft was accepted; what the model throws.
 */
export async function draftWithModel(
  request: ReadRequest,
  grant: Grant,
  context: ToolContext,
  drafting: ModelDrafting,
  around: PlanSurroundings,
): Promise<DraftedPlan | NoPlanner> {
  const task = planTask(request, grant, around, drafting.candidate?.others);
  const rejected: RejectedDraft[] = [];
  let usage = noUsage;
  let messages: readonly ChatMessage[] = task;
  for (let draft = 1; draft <= drafting.attempts; draft += 1) {
    const answered = await ask(messages, context, drafting);
    if ('unable' in answered) return answered;
    usage = addUsage(usage, answered.usage);
    const judged = 'problem' in answered ? notAPlan(answered) : judge(answered.answer, request, grant);
    const faults = 'faults' in judged ? judged.faults : [];
    record(answered.exchanges, { draft, faults, ...numbered(drafting) }, context, drafting.clock);
    if ('compiled' in judged) return accepted(judged, { answered, rejected, usage, grant });
    rejected.push({ source: judged.source, faults });
    context.progress(
      `Draft ${draft} of ${drafting.candidate === undefined ? 'the plan' : `candidate ${drafting.candidate.number}`} was not accepted: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
    );
    messages = [
      ...task,
      ...(answered.text.trim() === '' ? [] : [{ role: 'assistant' as const, text: answered.text }]),
      { role: 'user', text: promptPart('repair', { faults: faultsText(faults) }) },
    ];
  }
  throw notAccepted(rejected);
}

function numbered({ candidate }: ModelDrafting): { readonly candidate?: number } {
  return candidate === undefined ? {} : { candidate: candidate.number };
}

type Asked = {
  readonly text: string;
  readonly model: string;
  readonly exchanges: readonly Exchange[];
  readonly usage: Usage;
};
type Answered = Asked & ({ readonly answer: PlanAnswer } | { readonly problem: string });

/** One request. An answer that is no JSON of the asked form is a draft like any other, with a fault. */
async function ask(
  messages: readonly ChatMessage[],
  context: ToolContext,
  { models, model, clock }: ModelDrafting,
): Promise<Answered | NoPlanner> {
  const exchanges: Exchange[] = [];
  const asked = (): Asked => {
    const last = exchanges.at(-1);
    const usage = exchanges.reduce((sum, exchange) => addUsage(sum, exchange.usage), noUsage);
    return { text: last?.text ?? '', model: last?.model ?? '', exchanges, usage };
  };
  try {
    const { value, model: ref } = await models.generate(
      { model, messages, schema: planAnswerSchema(), repairs: 0 },
      {
        signal: context.signal,
        sharing: context.sharing,
        onText: (text) => context.emitText(text),
        onExchange: (exchange) => void exchanges.push(exchange),
      },
    );
    if (isExtractive(ref)) return { unable: ref };
    const read = readPlanAnswer(value);
    return 'problem' in read ? { ...asked(), problem: read.problem } : { ...asked(), answer: read };
  } catch (error) {
    const last = exchanges.at(-1);
    if (last !== undefined && isExtractive(last.model) && !context.signal.aborted) return { unable: last.model };
    if (error instanceof TelosError && error.code === 'OUTPUT_INVALID' && last !== undefined) {
      return { ...asked(), problem: error.message };
    }
    record(exchanges, undefined, context, clock);
    throw error;
  }
}

type Judged =
  | { readonly compiled: Compiled; readonly answer: PlanAnswer; readonly stated: Stated }
  | { readonly faults: readonly Fault[]; readonly source: string };

type Stated = { readonly source: string; readonly objectives: readonly PlanObjective[] };

function judge(answer: PlanAnswer, { criteria }: ReadRequest, grant: Grant): Judged {
  const reserved = answer.objectives.findIndex(isAsked);
  if (reserved !== -1) {
    const message = 'the ids c1, c2, ... belong to the criteria that were given';
    const fault = planFault({ code: 'DUPLICATE_ID', path: `objectives[${reserved}].id`, message, hint: 'o1, o2, ...' });
    return { faults: [fault], source: answer.yaml };
  }
  if (statesObjectives(answer.yaml)) {
    const message = 'the objectives stand beside `yaml`, not in it';
    const fault = planFault({ code: 'NOT_IN_PLAN', path: 'objectives', message, hint: 'leave the key out' });
    return { faults: [fault], source: answer.yaml };
  }
  const objectives = [...ownObjectives(answer.objectives, grant), ...askedObjectives(criteria, grant)];
  // Of two with one id the first stands there; that there are two is a fault of its own.
  const single = objectives.filter(({ id }, index) => objectives.findIndex((one) => one.id === id) === index);
  const source = withObjectives(answer.yaml, single);
  const checked = checkPlan({ source, objectives, reasons: answer.steps }, grant);
  return checked.ok
    ? { compiled: checked.compiled, answer, stated: { source, objectives } }
    : { faults: checked.faults, source: answer.yaml };
}

function notAPlan({ problem, text }: { readonly problem: string; readonly text: string }): Judged {
  return { faults: [planFault({ code: 'OUTPUT_INVALID', path: '', message: problem })], source: text };
}

function accepted(
  { compiled, answer, stated }: Extract<Judged, { readonly compiled: Compiled }>,
  made: {
    readonly answered: Answered;
    readonly rejected: readonly RejectedDraft[];
    readonly usage: Usage;
    readonly grant: Grant;
  },
): DraftedPlan {
  const planner = made.answered.model;
  return {
    program: compiled.program,
    hash: compiled.hash,
    source: withHeader(stated.source, planner, stated.objectives),
    grant: grantJson(made.grant),
    planner,
    objectives: {
      planner,
      version: promptVersion,
      objectives: stated.objectives,
      steps: reasonsOf(compiled, answer.steps),
      notes: [],
    },
    rejected: made.rejected,
    usage: made.usage,
  };
}

function faultsText(faults: readonly Fault[]): string {
  return faults
    .map(
      ({ line, column, code, message, hint }) =>
        `- line ${line}, column ${column}: ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    )
    .join('\n');
}

function notAccepted(rejected: readonly RejectedDraft[]): TelosError {
  const faults = rejected.at(-1)?.faults ?? [];
  const [first] = faults;
  const said = first === undefined ? '' : ` The last: line ${first.line}, column ${first.column}: ${first.message}.`;
  const drafts = rejected.length === 1 ? 'The draft' : `None of ${rejected.length} drafts`;
  return new TelosError(
    'PLAN_INVALID',
    `${drafts} of the plan ${rejected.length === 1 ? 'was not' : 'was'} accepted.${said}`,
    {
      details: { drafts: rejected.length, faults: faults.map(faultJson) },
    },
  );
}

function faultJson({ hint, ...fault }: Fault): JsonObject {
  return hint === undefined ? fault : { ...fault, hint };
}

/** Exchanges before the last were with models that failed; the verdict is on the last. */
function record(
  exchanges: readonly Exchange[],
  verdict: { readonly draft: number; readonly faults: readonly Fault[]; readonly candidate?: number } | undefined,
  context: ToolContext,
  clock: Clock,
): void {
  for (const [index, exchange] of exchanges.entries()) {
    const said: JsonObject =
      verdict === undefined || index < exchanges.length - 1
        ? {}
        : {
            ...(verdict.candidate === undefined ? {} : { candidate: verdict.candidate }),
            draft: verdict.draft,
            accepted: verdict.faults.length === 0,
            faults: verdict.faults.map(faultJson),
          };
    context.record({
      kind: 'chat',
      name: exchange.model,
      startedAt: exchange.startedAt,
      ms: exchange.usage.ms > 0 ? exchange.usage.ms : Math.max(0, clock.now() - exchange.startedAt),
      input: { messages: exchange.messages.map(({ role, text }): Json => ({ role, content: text })) },
      output: { text: exchange.text },
      usage: exchange.usage,
      attributes: { finish: exchange.finish, prompt: promptVersion, ...said },
    });
  }
}
