import type { Instant } from '../ids.ts';
import type { Claim, PlaceWait } from '../ports/store.ts';
import type { StepPath } from '../program/path.ts';
import { placeWords } from './place-words.ts';
import { hasEnded, startOf } from './state.ts';
import type { RunState, StepState } from './state.ts';

/** One thing that an unfinished run waits for. */
export type WaitingFor = {
  /** Absent when the run as a whole waits. */
  readonly path?: StepPath;
  readonly since: Instant;
  /** A whole sentence for a person. */
  readonly sentence: string;
};

/** What the store says of an unfinished run beside its journal. */
export type Seen = {
  /** Of one that waits for its turn by its concurrency key. */
  readonly place?: PlaceWait | undefined;
  /** Who has claimed the steps that were offered to other workers. Absent when nobody has looked. */
  readonly claims?: readonly Claim[];
  /** Whether nobody holds it, although it has something to do. */
  readonly isLeft?: boolean;
};

/** Why a run has not ended: one entry for each thing that has to happen first. Empty for a finished run. */
export function explain(state: RunState, now: Instant, seen: Seen = {}): readonly WaitingFor[] {
  if (hasEnded(state)) return [];
  const { phase } = state;
  if (seen.place !== undefined) return [{ since: state.createdAt, sentence: placeSentence(seen.place) }];
  if (phase.status === 'pending') {
    const sentence = 'No worker has taken the run yet; is `telos serve` or `telos worker` running?';
    return [{ since: state.createdAt, sentence }];
  }
  const waiting: WaitingFor[] = [];
  if (phase.status === 'paused') waiting.push({ since: phase.since, sentence: pausedSentence(state, phase) });
  for (const [path, step] of state.steps) {
    const found = ofStep(path, step, state, now, seen);
    if (found !== undefined) waiting.push({ path, ...found });
  }
  if (waiting.length > 0) return waiting;
  const since = startOf(state) ?? state.createdAt;
  const sentence =
    'Its owner is between two steps; if this lasts, no worker holds the run: start `telos serve` or `telos worker`.';
  return [{ since, sentence }];
}

function placeSentence({ key, places, holders, before }: PlaceWait): string {
  const all = places === 1 ? 'the one place' : `all ${places} places`;
  const more = places > holders.length ? ' and others' : '';
  const turn = before === 0 ? 'It is the next.' : `${before} ${before === 1 ? 'run comes' : 'runs come'} before it.`;
  return `The run waits for its turn: ${all} of \`${key}\` ${places === 1 ? 'is' : 'are'} taken by ${holders.join(', ')}${more}. ${turn}`;
}

function pausedSentence(state: RunState, phase: Extract<RunState['phase'], { status: 'paused' }>): string {
  const resume = `\`telos resume ${state.id}\``;
  return phase.reason === 'budget'
    ? `The run is paused: ${phase.message ?? 'its budget is used up.'} Raise its budget with ${resume} --budget.`
    : `The run was paused${phase.message === undefined ? '' : ` (${phase.message})`}; ${resume} lets it go on.`;
}

function ofStep(
  path: StepPath,
  step: StepState,
  state: RunState,
  now: Instant,
  seen: Seen,
): Omit<WaitingFor, 'path'> | undefined {
  switch (step.status) {
    case 'retrying': {
      if (step.history.allowed !== undefined && step.error === undefined && step.attempt === 1)
        return { since: step.dueAt, sentence: `Step ${path} was allowed to run and starts.` };
      const why =
        step.error === undefined ? 'its output did not pass the gate' : `${step.error.code}: ${step.error.message}`;
      const sentence = `Step ${path} is tried again ${inTime(step.dueAt, now)} (attempt ${step.attempt}) because ${stopped(why)}`;
      return { since: step.dueAt, sentence };
    }
    case 'running':
      if (step.limited !== undefined) return { since: step.limited.since, sentence: limitSentence(path, step.limited) };
      if (state.blocks.has(path)) return undefined;
      return { since: step.startedAt, sentence: runningSentence(path, step, seen) };
    case 'waiting':
      return { since: step.since, sentence: waitSentence(path, step, now) };
    case 'in_doubt':
      return {
        since: step.since,
        sentence: `Step ${path} is in doubt and waits for a person to say what happened: ${stopped(step.error.message)}`,
      };
    case 'quarantined':
      return {
        since: step.since,
        sentence: `Step ${path} is in quarantine and waits for a person: ${step.error.code}: ${stopped(step.error.message)}`,
      };
    default:
      return undefined;
  }
}

/** Whether anybody is at work at it: the journal knows only that it was begun, or offered. */
function runningSentence(
  path: StepPath,
  { attempt, queue }: Extract<StepState, { status: 'running' }>,
  { claims, isLeft = false }: Seen,
): string {
  if (queue === undefined) {
    return isLeft
      ? `Step ${path} was under way (attempt ${attempt}) when its worker went; whoever takes the run up sees to it.`
      : `Step ${path} is running (attempt ${attempt}).`;
  }
  if (claims === undefined) return `Step ${path} was offered to the workers of \`${queue}\` (attempt ${attempt}).`;
  const claim = claims.find((one) => one.path === path && one.attempt === attempt);
  if (claim === undefined)
    return `Step ${path} waits in the queue \`${queue}\`: no worker has taken it; is a \`telos worker --queues ${queue}\` running that has room?`;
  return claim.alive
    ? `Step ${path} is running (attempt ${attempt}) on the worker ${claim.worker}.`
    : `Step ${path} was under way (attempt ${attempt}) on the worker ${claim.worker}, which is gone; the owner of the run sees to it.`;
}

function limitSentence(
  path: StepPath,
  { calls, limit }: NonNullable<Extract<StepState, { status: 'running' }>['limited']>,
): string {
  const what = calls === 1 ? 'a call' : `${calls} calls`;
  const { of, unit, perMinute } = limit;
  return `Step ${path} has ${what} that may not be made yet: the rate limit of ${of}, ${perMinute} ${unit} a minute, is used up.`;
}

function waitSentence(
  path: StepPath,
  { wait, refused }: Extract<StepState, { status: 'waiting' }>,
  now: Instant,
): string {
  const until = wait.dueAt === undefined ? '' : `, ${inTime(wait.dueAt, now)} at the latest`;
  switch (wait.kind) {
    case 'time':
      return `Step ${path} sleeps and goes on ${inTime(wait.dueAt, now)}.`;
    case 'signal':
      return `Step ${path} waits for the signal \`${wait.name}\`${until}.${refused === undefined ? '' : ` One was refused: ${stopped(refused.message)}`}`;
    case 'approval': {
      const who = wait.who.length === 0 ? 'a person' : wait.who.join(' or ');
      const what = {
        step: 'to decide',
        gate: 'to decide about an output that did not pass its gate',
        permission: 'to allow it to run',
        plan: 'to decide about its plan',
        rail: `to decide about its ${placeWords(wait)}, which a rail asks about`,
      }[wait.purpose];
      return `Step ${path} waits for ${who} ${what}${until}.`;
    }
  }
}

function inTime(dueAt: Instant, now: Instant): string {
  const ms = dueAt - now;
  if (ms <= 0) return 'now';
  return ms < 120_000 ? `in ${Math.ceil(ms / 1000)} s` : `at ${new Date(dueAt).toISOString()}`;
}

function stopped(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
