import { z } from 'zod';
import { JsonRecord } from './value.ts';

/** What a step's `uses:` may name. */
export const ToolView = z.object({
  name: z.string(),
  description: z.string(),
  effect: z.enum(['read', 'write', 'irreversible']),
  /** Labels that everything it returns carries. */
  returns: z.array(z.enum(['untrusted', 'private'])),
  idempotent: z.boolean(),
  /** JSON Schema of `with`. */
  input: JsonRecord,
  /** JSON Schema of its output. */
  output: JsonRecord,
});
export type ToolView = z.infer<typeof ToolView>;
export const ToolList = z.object({ items: z.array(ToolView) });
export type ToolList = z.infer<typeof ToolList>;

/** The language as JSON Schema, draft 2020-12: what an editor completes and explains keys by. */
export const WorkflowSchema = JsonRecord;
export type WorkflowSchema = z.infer<typeof WorkflowSchema>;

/** What a gate's `checks:` may name. */
export const CheckView = z.object({
  name: z.string(),
  description: z.string(),
  needs: z.enum(['local', 'model']),
  /** JSON Schema of its parameters. */
  params: JsonRecord,
});
export type CheckView = z.infer<typeof CheckView>;
export const CheckList = z.object({ items: z.array(CheckView) });
export type CheckList = z.infer<typeof CheckList>;

export const ModelView = z.object({
  /** `provider/model`. */
  ref: z.string(),
  provider: z.string(),
  kind: z.enum(['chat', 'embedding']),
  /** Ready to be called. */
  available: z.boolean(),
  note: z.string().exactOptional(),
  /** US dollars for a million tokens. */
  price: z.object({ input: z.number(), output: z.number() }).exactOptional(),
});
export type ModelView = z.infer<typeof ModelView>;
export const ModelList = z.object({ items: z.array(ModelView) });
export type ModelList = z.infer<typeof ModelList>;
