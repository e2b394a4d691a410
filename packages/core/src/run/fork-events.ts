/** The events that a fork takes over from the run that it is a fork of. */
import type { Instant } from '../ids.ts';
import type { Payload } from '../payload.ts';
import { runInput } from '../program/path.ts';
import type { StepPath } from '../program/path.ts';
import type { RunEvent } from './events.ts';
import type { Fate } from './fork-fates.ts';

export type Copying = {
  readonly fates: ReadonlyMap<StepPath, Fate>;
  readonly rounds: ReadonlyMap<StepPath, number>;
  readonly outputs: ReadonlyMap<StepPath, Payload>;
  readonly at: Instant;
};

/** @param events After `run.created`. */
export function copiedEvents(events: readonly RunEvent[], copying: Copying): readonly RunEvent[] {
  const { fates, outputs } = copying;
  const taken = signalsTaken(events);
  const letIn = events.some((event) => event.type === 'step.succeeded' && event.path === runInput);
  const opened = new Set<StepPath>();
  const copied: RunEvent[] = [];
  for (const event of events) {
    // What a call waited for, and what a step did not take, says nothing of what is kept of it.
    if (event.type === 'call.waiting' || event.type === 'call.admitted' || event.type === 'signal.refused') continue;
    if ('path' in event && event.path === runInput) {
      // What goes in is the same, and so is what was said of it. Whether it may go in, a person says again while that is open.
      if (event.type === 'rail.judged' || letIn) copied.push(anew(event, copying.at));
    } else if ('path' in event && event.type !== 'budget.raised') {
      const fate = fates.get(event.path);
      const output = event.type === 'step.succeeded' ? outputs.get(event.path) : undefined;
      if (fate === 'kept' || (fate === 'open' && isOfBeginning(event, opened, copying)))
        copied.push(anew(output === undefined ? event : ({ ...event, output } as RunEvent), copying.at));
      if (event.type === 'block.opened') opened.add(event.path);
    } else if (event.type === 'signal.received' && !taken.has(event.id)) {
      // Nobody has taken it: it still waits for a step that does.
      copied.push(anew(event, copying.at));
    }
  }
  return copied;
}

/** Of a block that is open: what led to its opening, and the rounds until the one that is done again. */
function isOfBeginning(
  event: Extract<RunEvent, { path: string }>,
  opened: ReadonlySet<StepPath>,
  { rounds }: Copying,
): boolean {
  if (!opened.has(event.path)) return true;
  if (event.type === 'objective.scored') return event.round < (rounds.get(event.path) ?? event.round);
  const begins = event.type === 'loop.advanced' || event.type === 'plan.replaced';
  return begins && event.round <= (rounds.get(event.path) ?? event.round);
}

function signalsTaken(events: readonly RunEvent[]): ReadonlySet<string> {
  const ids = events.flatMap((event) =>
    event.type === 'wait.closed' && 'signal' in event.closing
      ? [event.closing.signal]
      : event.type === 'signal.refused'
        ? [event.id]
        : [],
  );
  return new Set(ids);
}

/** The same, as it happened to the fork: when that began, and at no cost. */
function anew(event: RunEvent, at: Instant): RunEvent {
  if (event.type === 'call.finished') {
    const { usage: _paid, ...call } = event.call;
    return { ...event, at, call: { ...call, startedAt: at, ms: 0 } };
  }
  if (event.type === 'rail.judged' && event.calls !== undefined) {
    const calls = event.calls.map(({ usage: _paid, ...call }) => ({ ...call, startedAt: at, ms: 0 }));
    const { usage: _paid, ...rest } = event;
    return { ...rest, at, calls };
  }
  if (!('usage' in event)) return { ...event, at };
  const { usage: _paid, ...rest } = event;
  return { ...rest, at };
}
