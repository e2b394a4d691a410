/** What rails have said, as long as it bears on what happens next. */
import { runInput, runOutput } from '../program/path.ts';
import type { EventOf } from './events.ts';
import type { StepEvent } from './evolve-step.ts';
import type { JudgedPlaces, RunState } from './state.ts';

export function judged(state: RunState, event: EventOf<'rail.judged'>): void {
  const { path, attempt, place, outcome, verdicts, value, error } = event;
  for (const placeholder of event.placeholders ?? []) state.placeholders.add(placeholder);
  for (const hidden of event.hidden ?? []) {
    state.hidden.set(hidden.of, [...(state.hidden.get(hidden.of) ?? []), hidden]);
    // What is put back is private.
    state.labelled = true;
  }
  const known: JudgedPlaces = state.rails.get(path) ?? {};
  state.rails.set(path, {
    ...known,
    [place]: {
      attempt,
      outcome,
      verdicts,
      ...(value === undefined ? {} : { value }),
      ...(error === undefined ? {} : { error }),
    },
  });
}

/** Called before the state of the step itself is changed. */
export function evolveRails(state: RunState, event: StepEvent): void {
  const { path } = event;
  const known = state.rails.size === 0 ? undefined : state.rails.get(path);
  if (known === undefined) return;
  switch (event.type) {
    case 'step.succeeded':
    case 'step.failed':
    case 'step.skipped':
    case 'step.cancelled':
      // A run has one input and one output: what was said of them is asked for until it ends.
      if (path !== runInput && path !== runOutput) state.rails.delete(path);
      return;
    case 'wait.closed': {
      const step = state.steps.get(path);
      const { closing } = event;
      if (step?.status !== 'waiting' || step.wait.kind !== 'approval') return;
      if (!('decision' in closing) || closing.decision !== 'approve') return;
      const { wait } = step;
      if (wait.purpose === 'permission' && closing.value !== undefined) {
        // A person wrote another input: nobody has judged that one.
        state.rails.delete(path);
        return;
      }
      const place = wait.rails?.place;
      const asked = place === undefined ? undefined : known[place];
      if (place === undefined || asked === undefined) return;
      // A person who edits a value vouches for what they wrote.
      const value = closing.value ?? asked.value;
      const approved = { ...asked, approved: true as const, ...(value === undefined ? {} : { value }) };
      state.rails.set(path, { ...known, [place]: approved });
      return;
    }
    default:
  }
}
