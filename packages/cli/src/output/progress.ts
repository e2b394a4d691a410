/**
 * What a person sees of a run while it goes on: a fold of its events, like the
 * state of the run, but keeping times and leaving out values.
 *
 * An event costs the same in a run of ten steps and of ten thousand; so does a
 * look at `rows`, which shows what is under way and passes over what has ended.
 */
import { addUsage, noUsage, placeOf, rootFrame, runInput } from '@telos/core';
import type {
  ErrorRecord,
  EventOf,
  Instant,
  JsonObject,
  LivePart,
  Payload,
  RunEvent,
  RunStatus,
  StepPath,
  Usage,
} from '@telos/core';

export type StepMark = 'running' | 'waiting' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';

/** What a step does from an instant on. `queue`: it waits for its turn at a model or provider. */
export type Phase = { readonly at: Instant; readonly does: 'work' | 'queue' | 'retry' | 'person' | 'wait' };

export type StepProgress = {
  readonly path: StepPath;
  /** What is shown of the path under its block: `[3].search`. */
  readonly label: string;
  /** Which instance of the block's body it is in; '' in the workflow's own list. */
  readonly frame: string;
  readonly children: StepProgress[];
  /** Children under way. */
  readonly active: Set<StepProgress>;
  /** Instances of the body that have begun. */
  readonly frames: Set<string>;
  /** In order, each until the next; the last one until the step's end. */
  readonly phases: Phase[];
  mark: StepMark;
  attempt: number;
  startedAt: Instant;
  endedAt?: Instant;
  usage: Usage;
  /** The gate's, in [0, 1]. */
  score?: number;
  passed?: boolean;
  error?: ErrorRecord;
  /** Items of a foreach. */
  count?: number;
  /** The last thing a running step said of itself. */
  message?: string;
  /** What that is a piece of: its text, its thoughts, one of its calls. */
  showing?: string;
};

type StepEvent = Extract<RunEvent, { path: StepPath }>;

export class Progress {
  readonly top: StepProgress[] = [];
  workflow = '';
  status: RunStatus = 'pending';
  startedAt: Instant | undefined;
  endedAt: Instant | undefined;
  usage: Usage = noUsage;
  error: ErrorRecord | undefined;
  outputs: Payload | undefined;
  /** Chat models that answered. */
  readonly models = new Set<string>();
  /** Why `auto` was none of the providers that the settings name: a sentence each. */
  readonly passedOver = new Set<string>();
  readonly #steps = new Map<StepPath, StepProgress>();

  /** Takes in the next event of the run, in order. */
  apply(event: RunEvent): void {
    switch (event.type) {
      case 'run.created':
        this.workflow = event.workflow;
        this.startedAt = event.at;
        return;
      case 'run.started':
        this.status = 'running';
        return;
      case 'run.succeeded':
        this.outputs = event.outputs;
        return this.#end('succeeded', event.at);
      case 'run.failed':
        this.error = event.error;
        return this.#end('failed', event.at);
      case 'run.cancelled':
        return this.#end('cancelled', event.at);
      case 'run.waiting':
        this.status = 'waiting';
        return;
      case 'run.paused':
        this.status = 'paused';
        return;
      case 'run.resumed':
        this.status = 'running';
        return;
      case 'run.ending':
      case 'run.hurried':
      case 'budget.raised':
      case 'signal.received':
        return;
      default:
        this.#applyToStep(event);
    }
  }

  /** Takes in something that a running step shows; what comes late or is unknown is passed over. */
  show(part: LivePart): void {
    const step = this.#steps.get(part.path);
    if (step?.mark !== 'running') return;
    if (part.type === 'progress') {
      step.message = part.message;
      delete step.showing;
      return;
    }
    const begun = part.type === 'text' ? '' : part.type === 'thought' ? 'thinks: ' : `calls ${part.name} `;
    const showing = part.type === 'tool_call_piece' ? `${part.type} ${part.index}` : part.type;
    const before = step.showing === showing ? (step.message ?? begun) : begun;
    step.showing = showing;
    step.message = `${begun}${`${before.slice(begun.length)}${part.text}`.slice(-400)}`;
  }

  #applyToStep(event: StepEvent): void {
    if (event.type === 'step.skipped') {
      this.#close(this.#step(event.path, event.at), 'skipped', event.at);
      return;
    }
    const step = this.#step(event.path, event.at);
    if ('usage' in event && event.usage !== undefined) {
      step.usage = addUsage(step.usage, event.usage);
      this.usage = addUsage(this.usage, event.usage);
    }
    const does = phaseAfter(event);
    if (does !== undefined && does !== step.phases.at(-1)?.does) step.phases.push({ at: event.at, does });
    switch (event.type) {
      case 'step.started':
        step.mark = 'running';
        step.attempt = event.attempt;
        delete step.message;
        delete step.showing;
        break;
      case 'step.succeeded':
      case 'step.failed':
        this.#judge(step, event.gate);
        if (event.type === 'step.failed') step.error = event.error;
        this.#close(step, event.type === 'step.failed' ? 'failed' : 'succeeded', event.at);
        break;
      case 'step.cancelled':
        this.#close(step, 'cancelled', event.at);
        break;
      case 'attempt.failed':
        step.mark = 'waiting';
        step.message = `${event.error.code}: ${event.error.message}`;
        break;
      case 'attempt.rejected':
        step.mark = 'waiting';
        this.#judge(step, event.gate);
        step.message =
          'remedy' in event && 'repair' in event.remedy ? 'rejected, to be repaired' : 'rejected, to be escalated';
        break;
      case 'block.opened':
        if ('foreach' in event.opening) step.count = event.opening.count;
        break;
      case 'call.waiting':
        step.message = `waits for the rate limit of ${event.limit.of}`;
        break;
      case 'call.admitted':
        delete step.message;
        break;
      case 'call.finished':
        if (event.call.kind === 'chat') this.models.add(event.call.name);
        for (const why of passedOver(event.call.attributes)) this.passedOver.add(why);
        break;
      case 'wait.opened':
        step.mark = 'waiting';
        step.attempt = event.attempt;
        step.message = waitMessage(event.wait);
        break;
      case 'signal.refused':
        step.message = event.error.message;
        break;
      case 'wait.closed':
        step.mark = 'running';
        delete step.message;
        break;
      case 'step.in_doubt':
      case 'step.quarantined':
        step.mark = 'waiting';
        step.error = event.error;
        step.message = `${event.type === 'step.in_doubt' ? 'in doubt' : 'in quarantine'}: ${event.error.message}`;
        break;
      case 'step.resolved':
        step.mark = 'waiting';
        delete step.error;
        step.message = `to be ${{ retry: 'tried again', succeed: 'taken as succeeded', fail: 'failed' }[event.as]}`;
        break;
      case 'loop.advanced':
        step.count = event.round;
        break;
      case 'rail.judged':
        if (event.path === runInput && event.outcome === 'pass') this.#close(step, 'succeeded', event.at);
        break;
      case 'plan.accepted':
      case 'plan.replaced':
        if (event.type === 'plan.replaced') step.count = event.round;
        delete step.message;
        break;
      case 'objective.scored':
        step.message = `${event.objective}: ${event.result.verdict}`;
        break;
      case 'plan.proposed':
        break;
    }
  }

  #step(path: StepPath, at: Instant): StepProgress {
    const known = this.#steps.get(path);
    if (known !== undefined) return known;
    const place = placeOf(path);
    const parent = place.parent === undefined ? undefined : this.#steps.get(place.parent);
    const step: StepProgress = {
      path,
      label: parent === undefined ? path : path.slice(parent.path.length).replace(/^\./, ''),
      frame: place.frame ?? rootFrame,
      children: [],
      active: new Set(),
      frames: new Set(),
      phases: [{ at, does: 'work' }],
      mark: 'running',
      attempt: 1,
      startedAt: at,
      usage: noUsage,
    };
    this.#steps.set(path, step);
    (parent?.children ?? this.top).push(step);
    parent?.active.add(step);
    parent?.frames.add(step.frame);
    return step;
  }

  #judge(step: StepProgress, gate: EventOf<'step.succeeded'>['gate']): void {
    if (gate === undefined) return;
    step.score = gate.score;
    step.passed = gate.passed;
  }

  #close(step: StepProgress, mark: StepMark, at: Instant): void {
    step.mark = mark;
    step.endedAt = at;
    delete step.message;
    const { parent } = placeOf(step.path);
    if (parent !== undefined) this.#steps.get(parent)?.active.delete(step);
  }

  #end(status: RunStatus, at: Instant): void {
    this.status = status;
    this.endedAt = at;
    for (const step of this.#steps.values()) {
      if (step.mark === 'running' || step.mark === 'waiting') this.#close(step, 'cancelled', at);
    }
  }
}

/** As the recorded call of a model says it. */
function passedOver(attributes: JsonObject | undefined): readonly string[] {
  const reasons = attributes?.['passed_over'];
  return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
}

/** What a step does after an event; undefined when it goes on with what it did, or has ended. */
function phaseAfter(event: StepEvent): Phase['does'] | undefined {
  switch (event.type) {
    case 'step.started':
    case 'call.admitted':
    case 'wait.closed':
      return 'work';
    case 'attempt.failed':
    case 'attempt.rejected':
    case 'step.resolved':
      return 'retry';
    case 'call.waiting':
      return 'queue';
    case 'step.in_doubt':
    case 'step.quarantined':
      return 'person';
    case 'wait.opened':
      return event.wait.kind === 'approval' ? 'person' : 'wait';
    default:
      return undefined;
  }
}

function waitMessage(wait: EventOf<'wait.opened'>['wait']): string {
  switch (wait.kind) {
    case 'time':
      return `sleeps until ${new Date(wait.dueAt).toISOString()}`;
    case 'signal':
      return `waits for the signal ${wait.name}`;
    case 'approval':
      return wait.who.length === 0 ? 'waits for a person' : `waits for ${wait.who.join(' or ')}`;
  }
}
