/** Showing text of a step while it runs, as far as its rails let that be seen. */
import type { Json, Live, RunId, StepPath, WorkPart } from '@telos/core';

/**
 * `at_once_less_calls`: as it comes, but for calls as they form, whose arguments rails have yet to see. `once_judged`: in one piece, when the step's own rails have let it pass. `never`: rails farther out have yet to see it.
 */
export type Shows = 'at_once' | 'at_once_less_calls' | 'once_judged' | 'never';

export interface Showing {
  text(part: string): void;
  /** A thought, or a piece of a call: shown as it comes or not at all. */
  work(part: WorkPart): void;
  /** The output has passed the step's rails and its gate. */
  passed(output: Json): void;
}

export function createShowing(
  live: Live,
  { run, path, attempt }: { readonly run: RunId; readonly path: StepPath; readonly attempt: number },
  shows: Shows,
): Showing {
  const show = (text: string): void => live.publish(run, { type: 'text', path, attempt, text });
  if (shows === 'at_once' || shows === 'at_once_less_calls')
    return {
      text: show,
      work(part) {
        if (part.type === 'thought' || shows === 'at_once') live.publish(run, { ...part, path, attempt });
      },
      passed: () => {},
    };
  return {
    text: () => {},
    work: () => {},
    passed(output) {
      const text = typeof output === 'object' && output !== null && 'text' in output ? output.text : output;
      if (shows === 'once_judged' && typeof text === 'string') show(text);
    },
  };
}
