/** How an event changes the step that it names. */
import { joinLabellings, labellingOf, labelsIn, noLabels, wholeOf } from '../labels.ts';
import type { Carried } from '../labels.ts';
import type { StepPath } from '../program/path.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { Sequence } from '../ids.ts';
import { isBetter } from './better-gate.ts';
import type { Closing, EventOf, Wait } from './events.ts';
import { optional } from './optional.ts';
import { isOpen } from './state.ts';
import type { History, KnownLabels, OpenStep, StepState } from './state.ts';

const noHistory: History = { usage: noUsage, failures: 0, interruptions: 0, rejections: 0 };

type WaitingStep = Extract<StepState, { status: 'waiting' }>;

/** Attempts that end so count neither as failed nor as lost: their worker was told to stop. */
const handedOver = 'HANDED_OVER';

export type StepEvent = EventOf<
  | 'step.started'
  | 'step.succeeded'
  | 'step.failed'
  | 'step.skipped'
  | 'step.cancelled'
  | 'step.in_doubt'
  | 'step.quarantined'
  | 'step.resolved'
  | 'attempt.failed'
  | 'attempt.rejected'
  | 'wait.opened'
  | 'wait.closed'
  | 'plan.proposed'
  | 'plan.accepted'
  | 'plan.replaced'
  | 'objective.scored'
>;

/**
 * The step's state after the event, or undefined when the event does not fit the state it is in.
 *
 * @param seq Of the event.
 */
export function evolveStep(step: StepState | undefined, event: StepEvent, seq: Sequence): StepState | undefined {
  switch (event.type) {
    case 'step.started': {
      if (step !== undefined && step.status !== 'retrying') return undefined;
      const { labelling, queue, cache } = event;
      const started: StepState = {
        status: 'running',
        attempt: event.attempt,
        startedAt: event.at,
        history: step === undefined ? noHistory : step.history,
        labels: event.labels ?? noLabels,
      };
      return labelling === undefined && queue === undefined && cache === undefined
        ? started
        : {
            ...started,
            ...optional('labelling', labelling),
            ...optional('queue', queue),
            ...optional('cache', cache),
          };
    }
    case 'step.skipped':
      return step === undefined ? { status: 'skipped' } : undefined;
    case 'wait.opened':
      if (step !== undefined && !isOpen(step)) return undefined;
      return {
        status: 'waiting',
        attempt: event.attempt,
        since: event.at,
        id: seq,
        wait: event.wait,
        history: withUsage(step?.history ?? noHistory, event.usage),
        ...(event.labels === undefined ? carriedOf(step) : carriedBy(event)),
      };
    default:
      return isOpen(step) ? evolveOpen(step, event, seq) : undefined;
  }
}

function evolveOpen(
  step: OpenStep,
  event: Exclude<StepEvent, EventOf<'step.started' | 'step.skipped' | 'wait.opened'>>,
  seq: Sequence,
): StepState | undefined {
  const { history } = step;
  const usage = 'usage' in event ? addUsage(history.usage, event.usage) : history.usage;
  const { attempt } = event;
  switch (event.type) {
    case 'step.succeeded': {
      const { labelling, gate } = event;
      const succeeded: StepState = {
        status: 'succeeded',
        attempt,
        output: event.output,
        usage,
        labels: event.labels ?? noLabels,
        seq,
      };
      return labelling === undefined && gate === undefined
        ? succeeded
        : { ...succeeded, ...optional('labelling', labelling), ...optional('gate', gate) };
    }
    case 'step.failed':
      return {
        status: 'failed',
        attempt,
        error: event.error,
        usage,
        ...(event.labels === undefined ? {} : carriedBy(event)),
        ...(event.gate === undefined ? {} : { gate: event.gate }),
        ...(event.output === undefined ? {} : { output: event.output }),
      };
    case 'step.cancelled':
      return {
        status: 'cancelled',
        attempt,
        usage,
        ...(event.partial === undefined ? {} : { partial: event.partial }),
        ...(event.labels === undefined ? {} : carriedBy(event)),
      };
    case 'step.in_doubt':
    case 'step.quarantined': {
      const quarantined = event.type === 'step.quarantined';
      return {
        status: quarantined ? 'quarantined' : 'in_doubt',
        attempt,
        since: event.at,
        error: event.error,
        history: { ...history, usage },
        ...(event.labels === undefined ? carriedOf(step) : carriedBy(event)),
        ...(quarantined && event.gate !== undefined ? { gate: event.gate } : {}),
        ...(quarantined && event.output !== undefined ? { output: event.output } : {}),
      };
    }
    // A person vouches for another try: it has all its attempts again. What they say succeeded or failed follows as an event.
    case 'step.resolved':
      if (step.status !== 'in_doubt' && step.status !== 'quarantined') return undefined;
      if (event.as !== 'retry') return step;
      return {
        status: 'retrying',
        attempt: attempt + 1,
        dueAt: event.at,
        history: {
          usage,
          failures: 0,
          interruptions: 0,
          rejections: 0,
          ...(history.allowed === undefined ? {} : { allowed: history.allowed }),
        },
      };
    case 'attempt.failed': {
      const { code } = event.error;
      const interrupted = code === 'INTERRUPTED';
      const failed = !interrupted && code !== handedOver;
      return {
        status: 'retrying',
        attempt: attempt + 1,
        dueAt: event.retryAt,
        error: event.error,
        history: {
          ...history,
          usage,
          failures: history.failures + (failed ? 1 : 0),
          interruptions: history.interruptions + (interrupted ? 1 : 0),
        },
      };
    }
    case 'attempt.rejected': {
      const carried = event.labels === undefined ? {} : { carried: carriedBy(event) };
      const rejected = { output: event.output, gate: event.gate, ...carried };
      const best = history.best === undefined || isBetter(event.gate, history.best.gate) ? rejected : history.best;
      return {
        status: 'retrying',
        attempt: attempt + 1,
        dueAt: event.at,
        history: { ...history, usage, rejections: history.rejections + 1, rejected, best },
      };
    }
    case 'wait.closed': {
      if (step.status !== 'waiting') return undefined;
      const { closing } = event;
      switch (statusAfterWait(step.wait, closing)) {
        case 'waiting':
          return step;
        case 'running':
          return { status: 'running', attempt, startedAt: event.at, history, ...carriedOf(step) };
        case 'retrying':
          return { status: 'retrying', attempt, dueAt: event.at, ...whatGoesOn(step, closing) };
      }
    }
    // The attempt goes on. What drafting and scoring have cost is the step's own, its calls included.
    case 'plan.proposed':
    case 'plan.accepted':
    case 'plan.replaced':
    case 'objective.scored': {
      if (step.status !== 'running') return undefined;
      const { spent: _told, ...running } = step;
      // What the planner had read is behind every word of its plan.
      const carried = event.type === 'objective.scored' ? {} : joined(step, event);
      return { ...running, ...carried, history: { ...history, usage } };
    }
  }
}

/**
 * What a step is once its wait is over, before anything follows. What a person let go on is taken up, so it is
 * `retrying`; what follows the answer about a plan is another plan, its beginning, or the outcome, so it is `running`;
 * every other close is followed by the step's outcome in the same append.
 */
export function statusAfterWait(wait: Wait, closing: Closing): 'running' | 'retrying' | 'waiting' {
  if (wait.kind !== 'approval') return 'waiting';
  if (wait.purpose === 'plan') return 'running';
  if (!('decision' in closing) || closing.decision !== 'approve') return 'waiting';
  return wait.rails?.onApprove === 'go_on' || wait.purpose === 'permission' ? 'retrying' : 'waiting';
}

/** What an attempt that a person let go on has from before: of a permission, the arguments as they left them. */
function whatGoesOn({ wait, history, ...carried }: WaitingStep, closing: Closing) {
  if (wait.kind === 'approval' && wait.rails?.onApprove === 'go_on')
    return { history, ...(carried.labels.length === 0 ? {} : { carried: carriedBy(carried) }) };
  const value = 'value' in closing ? closing.value : undefined;
  const hosts = wait.kind === 'approval' ? wait.permission?.hosts : undefined;
  const allowed = { ...history.allowed, ...optional('input', value), ...optional('hosts', hosts) };
  return { history: { ...history, allowed } };
}

function withUsage(history: History, usage: EventOf<'wait.opened'>['usage']): History {
  return usage === undefined ? history : { ...history, usage: addUsage(history.usage, usage) };
}

function carriedBy({ labels, labelling }: Carried): KnownLabels {
  return { labels: labels ?? noLabels, ...(labelling === undefined ? {} : { labelling }) };
}

function carriedOf(step: StepState | undefined): KnownLabels {
  return step !== undefined && 'labels' in step ? carriedBy(step) : { labels: noLabels };
}

/** What a block's body sees of it, after an event that brings more of it. */
export function joined(step: Carried, { path, ...more }: Carried & { readonly path: StepPath }): KnownLabels {
  if (more.labels === undefined) return carriedBy(step);
  const brought = labellingOf(more, path);
  const { fields } = brought;
  const whole = wholeOf(joinLabellings(wholeOf(labellingOf(step, path)), wholeOf(brought)));
  const labelling = fields === undefined ? whole : { ...whole, fields };
  return { labels: labelsIn(labelling), labelling };
}
