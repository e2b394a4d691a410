import type { RunId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { StepPath } from '../program/path.ts';
import type { WorkPart } from './models.ts';

/** Something worth showing while a step runs, that is not worth keeping: the result will be. */
export type LivePart =
  | { readonly type: 'text'; readonly path: StepPath; readonly attempt: number; readonly text: string }
  | ({ readonly path: StepPath; readonly attempt: number } & WorkPart)
  | {
      readonly type: 'progress';
      readonly path: StepPath;
      readonly attempt: number;
      readonly message: string;
      readonly data?: Json;
    };

/** Streams of running steps. A listener that comes late or reads slowly misses parts; the journal misses nothing. */
export interface Live {
  publish(run: RunId, part: LivePart): void;
  subscribe(run: RunId, listener: (part: LivePart) => void): () => void;
}
