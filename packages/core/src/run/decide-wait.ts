/** Waits: for a time, a signal, a person. What ends one also decides the step's outcome. */
import type { Instant } from '../ids.ts';
import { labellingOf, labellingOfFields, unlabelled, wholeOf, withoutLabel } from '../labels.ts';
import type { Labelling } from '../labels.ts';
import type { StepPath } from '../program/path.ts';
import type { Decision, StepCommand } from './command.ts';
import type { CheckVerdict, Closing, EventOf, GateResult, RunEvent, Wait } from './events.ts';
import { carriedIn } from './carried-labels.ts';
import { optional } from './optional.ts';
import { stepNotReady, staleAttempt } from './refusals.ts';
import { errorAt } from './step-failure.ts';
import type { StepEventHead } from './step-failure.ts';
import { placeWords } from './place-words.ts';
import type { RunState, Signal, StepState } from './state.ts';

type Waiting = Extract<StepState, { status: 'waiting' }>;
type Approval = Extract<Wait, { kind: 'approval' }>;
type Decided = Extract<Closing, { decision: string }>;

/** A step waits once it runs; what is asked about its call, it may also wait for before it has started. */
export function decideOpen(
  state: RunState,
  step: StepState | undefined,
  command: Extract<StepCommand, { do: 'openWait' }>,
): Decision {
  const { at, path, attempt, wait } = command;
  const unasked = wait.kind === 'approval' && (wait.purpose === 'permission' || wait.purpose === 'rail');
  if (step?.status !== 'running' && !(unasked && (step === undefined || step.status === 'retrying')))
    return stepNotReady(path, step);
  const expected = step === undefined ? 1 : 'attempt' in step ? step.attempt : attempt;
  if (attempt !== expected) return staleAttempt(path, attempt, expected);
  const opened: RunEvent = {
    type: 'wait.opened',
    at,
    path,
    attempt,
    wait,
    ...carriedIn(command, path),
    ...optional('usage', command.usage),
  };
  const kept = wait.kind === 'signal' && wait.schema === undefined ? keptFor(state, wait.name) : undefined;
  return kept === undefined ? [opened] : [opened, ...received({ at, path, attempt }, kept)];
}

/** The oldest signal of this name, unless another step waits for one already: that has the first look. */
function keptFor(state: RunState, name: string): Signal | undefined {
  return longestWaiting(state, name) === undefined ? state.signals.find((signal) => signal.name === name) : undefined;
}

function longestWaiting(
  state: RunState,
  name: string,
): { readonly path: StepPath; readonly step: Waiting } | undefined {
  for (const path of state.held) {
    const step = state.steps.get(path);
    if (step?.status === 'waiting' && step.wait.kind === 'signal' && step.wait.name === name) return { path, step };
  }
  return undefined;
}

/** What ends the wait of the step that has waited longest for this signal; undefined when none does, or its payload is to be looked at first. */
export function closedBySignal(state: RunState, signal: Signal, at: Instant): readonly RunEvent[] | undefined {
  const longest = longestWaiting(state, signal.name);
  if (longest?.step.wait.kind !== 'signal' || longest.step.wait.schema !== undefined) return undefined;
  return received({ at, path: longest.path, attempt: longest.step.attempt }, signal);
}

export function decideRefusal(
  state: RunState,
  step: Waiting,
  { at, path, attempt, id, error }: Extract<StepCommand, { do: 'refuseSignal' }>,
): Decision {
  if (step.wait.kind !== 'signal' || !state.signals.some((signal) => signal.id === id)) return stepNotReady(path, step);
  return [{ type: 'signal.refused', at, id, path, attempt, error }];
}

/** What comes from outside is trusted by nobody yet. */
function received(of: StepEventHead, { id, payload }: Signal): readonly RunEvent[] {
  return [
    { type: 'wait.closed', ...of, closing: { signal: id, payload } },
    { type: 'step.succeeded', ...of, output: payload, labels: ['untrusted'] },
  ];
}

export function decideClose(step: Waiting, command: Extract<StepCommand, { do: 'closeWait' }>): Decision {
  const { at, path, attempt, closing } = command;
  const { wait } = step;
  const of = { at, path, attempt };
  const closed: RunEvent = { type: 'wait.closed', ...of, closing };
  const fits =
    'due' in closing
      ? wait.kind === 'time'
      : 'signal' in closing
        ? wait.kind === 'signal'
        : 'timeout' in closing
          ? wait.kind !== 'time'
          : wait.kind === 'approval';
  if (!fits) return stepNotReady(path, step);
  switch (wait.kind) {
    case 'time': {
      // When it was over tells how long it was to be.
      const told = carriedIn({ labelling: wholeOf(labellingOf(step, path)) }, path);
      return [
        closed,
        { type: 'step.succeeded', ...of, output: { value: { at: new Date(at).toISOString() } }, ...told },
      ];
    }
    case 'signal': {
      if ('signal' in closing) return received(of, { id: closing.signal, name: wait.name, payload: closing.payload });
      if (wait.onTimeout === 'continue') return [closed, { type: 'step.succeeded', ...of, output: { value: null } }];
      const error = errorAt(path, {
        code: 'WAIT_TIMEOUT',
        message: `No signal \`${wait.name}\` came in time.`,
        next: 'Send the signal sooner, raise `timeout`, or write `on_timeout: continue`.',
      });
      return [closed, { type: 'step.failed', ...of, error }];
    }
    case 'approval':
      return [closed, ...decided(step, wait, command, of)];
  }
}

function decided(
  step: Waiting,
  wait: Approval,
  { closing, output }: Extract<StepCommand, { do: 'closeWait' }>,
  of: StepEventHead,
): readonly RunEvent[] {
  const timedOut = 'timeout' in closing;
  if (timedOut && wait.onTimeout === 'fail') {
    const error = errorAt(of.path, {
      code: 'APPROVAL_TIMEOUT',
      message: `Nobody decided about ${of.path} in time.`,
      next: 'Start it again and decide sooner, or raise the timeout.',
    });
    return [failed(step, wait, of, error)];
  }
  const answer: Decided =
    'decision' in closing ? closing : { decision: wait.onTimeout === 'approve' ? 'approve' : 'reject' };
  // What follows the answer about a plan is the planner's affair, unless it was the last.
  if (wait.purpose === 'plan' && (answer.decision === 'approve' || (wait.plan?.last !== true && !timedOut))) return [];
  if (answer.decision === 'reject') return [failed(step, wait, of, rejection(wait, answer, of, timedOut))];
  // What was let go on is taken up by the frontier's next offer.
  if (wait.purpose === 'permission' || wait.rails?.onApprove === 'go_on') return [];
  const shown = labellingIfDecided(step, wait, answer, of.path);
  // Of what an `approve` step gives, only the value is what was shown.
  const labelling = wait.purpose === 'step' ? labellingOfFields({ value: shown, by: unlabelled }) : shown;
  const given = output ?? answer.value ?? wait.show;
  const gate = wait.gate === undefined ? undefined : passedBy(wait.gate, answer);
  const labels = carriedIn({ labelling }, of.path);
  return [{ type: 'step.succeeded', ...of, output: given, ...labels, ...optional('gate', gate) }];
}

/**
 * What a person lets pass is what it was. Who edits it vouches for what they wrote, and what is private of it stays so;
 * what they fill into a form is theirs.
 */
function labellingIfDecided(step: Waiting, wait: Approval, { value }: Decided, path: StepPath): Labelling {
  const shown = labellingOf(step, path);
  if (value === undefined) return shown;
  return wait.form === undefined ? withoutLabel(wholeOf(shown), 'untrusted') : unlabelled;
}

function failed(step: Waiting, wait: Approval, of: StepEventHead, error: EventOf<'step.failed'>['error']): RunEvent {
  const kept = wait.purpose === 'gate' ? { output: wait.show, ...optional('gate', wait.gate) } : {};
  return { type: 'step.failed', ...of, error, ...kept, ...carriedIn(step, of.path) };
}

function rejection(
  wait: Approval,
  answer: Decided,
  { path }: StepEventHead,
  timedOut: boolean,
): EventOf<'step.failed'>['error'] {
  const who = timedOut ? 'nobody decided in time' : `rejected by ${answer.by ?? 'a person'}`;
  const why = answer.note === undefined || answer.note === '' ? '' : `: ${answer.note}`;
  const [code, what] = {
    step: ['APPROVAL_REJECTED', `${path} was not approved`],
    gate: ['GATE_FAILED', `The output of ${path} did not pass its gate and was not approved`],
    permission: ['PERMISSION_REFUSED', `${path} was not allowed to run`],
    plan: ['APPROVAL_REJECTED', `The plan of ${path} was not approved`],
    rail: ['RAIL_BLOCKED', `The ${placeWords(wait)} of ${path} did not pass its rails and was not approved`],
  }[wait.purpose];
  const next = 'Read the note, then change what was shown, or the workflow.';
  return errorAt(path, { code: code ?? '', message: `${what} (${who}${why}).`, next });
}

function passedBy(gate: GateResult, { by, note }: Decided): GateResult {
  const verdict: CheckVerdict = {
    check: 'approval',
    uses: 'approve',
    score: 1,
    verdict: 'pass',
    reason: `Approved by ${by ?? 'a person'}${note === undefined || note === '' ? '.' : `: ${note}`}`,
  };
  return { ...gate, passed: true, verdicts: [...gate.verdicts, verdict] };
}
