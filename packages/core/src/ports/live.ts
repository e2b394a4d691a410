import { z } from 'zod';
import type { RunId } from '../ids.ts';
import { anyJson } from '../json.ts';
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

const of = { path: z.string(), attempt: z.int() };

/** As it travels to other processes, and to whoever follows a run. */
export const LivePart: z.ZodType<LivePart> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), ...of, text: z.string() }),
  z.object({ type: z.literal('thought'), ...of, text: z.string() }),
  z.object({ type: z.literal('tool_call_piece'), ...of, index: z.int(), name: z.string(), text: z.string() }),
  z.object({ type: z.literal('progress'), ...of, message: z.string(), data: anyJson.exactOptional() }),
]);

/** Streams of running steps. A listener that comes late or reads slowly misses parts; the journal misses nothing. */
export interface Live {
  publish(run: RunId, part: LivePart): void;
  subscribe(run: RunId, listener: (part: LivePart) => void): () => void;
}
