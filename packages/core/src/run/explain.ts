import type { Instant } from '../ids.ts';
import type { StepPath } from '../program/path.ts';
import { hasEnded } from './state.ts';
import type { RunState } from './state.ts';

/** One thing that an unfinished run waits for. */
export type WaitingFor = {
  /** Absent when the run as a whole waits. */
  readonly path?: StepPath;
  readonly since: Instant;
  /** A whole sentence for a person. */
  readonly sentence: string;
};

/** Why a run has not ended: one entry for each thing that has to happen first. Empty for a finished run. */
export function explain(state: RunState, now: Instant): readonly WaitingFor[] {
  if (hasEnded(state)) return [];
  if (state.phase.status === 'pending') {
    return [
      {
        since: state.createdAt,
        sentence: 'No worker has taken the run yet; is `telos serve` or `telos worker` running?',
      },
    ];
  }
  const waiting: WaitingFor[] = [];
  for (const [path, step] of state.steps) {
    if (step.status === 'waiting') {
      const inMs = step.dueAt - now;
      const when = inMs > 0 ? `in ${Math.ceil(inMs / 1000)} s` : 'now';
      const why =
        step.error === undefined ? 'its output did not pass the gate' : `${step.error.code}: ${step.error.message}`;
      waiting.push({
        path,
        since: step.dueAt,
        sentence: `Step ${path} is tried again ${when} (attempt ${step.attempt}) because ${why.endsWith('.') ? why : `${why}.`}`,
      });
    } else if (step.status === 'running' && !state.blocks.has(path)) {
      waiting.push({ path, since: step.startedAt, sentence: `Step ${path} is running (attempt ${step.attempt}).` });
    }
  }
  if (waiting.length > 0) return waiting;
  const since = state.phase.status === 'running' ? state.phase.startedAt : state.createdAt;
  return [
    {
      since,
      sentence:
        'Its owner is between two steps; if this lasts, no worker holds the run: start `telos serve` or `telos worker`.',
    },
  ];
}
