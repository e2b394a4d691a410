/** What events of several kinds hold: values, costs, errors, and what checks have said. */
import { z } from 'zod';
import { anyJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { railActions, railPlaces } from '../program/rails-spec.ts';

const json = anyJson;
// A record of JSON values is a JSON object; only the type's `readonly` is added.
export const jsonObject = z.record(z.string(), json) as z.ZodType<JsonObject>;
export const labels = z.array(z.enum(['untrusted', 'private']));
export const payload = z.union([z.object({ value: json }), z.object({ blob: z.string(), bytes: z.number() })]);
export const usage = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  usd: z.number(),
  ms: z.number(),
  calls: z.number(),
});
export const errorRecord = z.object({
  code: z.string(),
  kind: z.enum(['retryable', 'terminal', 'bug']),
  message: z.string(),
  next: z.string().exactOptional(),
  path: z.string().exactOptional(),
  details: jsonObject.exactOptional(),
  effect: z.enum(['none', 'unknown']).exactOptional(),
});

export const verdict = z.object({
  /** The check's name within its gate. */
  check: z.string(),
  uses: z.string(),
  /** In [0, 1]. */
  score: z.number(),
  verdict: z.enum(['pass', 'fail', 'error']),
  reason: z.string(),
  evidence: json.exactOptional(),
  usage: usage.exactOptional(),
  /** Of the check that said it. */
  version: z.string().exactOptional(),
});

/** What was said of one objective of a plan. `untested`: nothing at hand could test it. */
export const objectiveScore = z.object({
  verdict: z.enum(['pass', 'fail', 'untested']),
  /** In [0, 1]; of one that is untested 0. */
  score: z.number(),
  reason: z.string(),
  /** The check that said it, and its version. */
  uses: z.string().exactOptional(),
  version: z.string().exactOptional(),
  evidence: json.exactOptional(),
});

export const gateResult = z.object({
  passed: z.boolean(),
  /** In [0, 1]: the judge's score, else the mean of the checks. */
  score: z.number(),
  verdicts: z.array(verdict),
  /** Outputs judged so far, this one included. */
  attempts: z.int(),
});

/** What placeholders stand for that may be put back. */
const hiddenTexts = z.object({
  /** The step in whose output, or in whose calls: the one whose rail it is. */
  of: z.string(),
  restore: z.object({
    output: z.literal(true).exactOptional(),
    tools: z.record(z.string(), z.array(z.string())).exactOptional(),
  }),
  /** A `Vault`: what it holds is shown to nobody. */
  vault: payload,
});

/** What the rails of one place said of one value, and what comes of it. */
export const railsResult = z.object({
  place: z.enum(railPlaces),
  /** In the order in which the rails stand; those that nobody asked because an earlier one blocks are left out. */
  verdicts: z.array(
    verdict.extend({
      action: z.enum(railActions),
      mode: z.enum(['enforce', 'shadow']),
    }),
  ),
  outcome: z.enum(['pass', 'block', 'ask']),
  /** Why it is blocked. */
  error: errorRecord.exactOptional(),
  /** What goes on, replacements made; absent where a later place says it, what follows holds it, or nothing goes on. */
  value: payload.exactOptional(),
  /** Whether anything was replaced in it. */
  replaced: z.literal(true).exactOptional(),
  /** Placeholders that were given here for the first time in the run. */
  placeholders: z.array(z.string()).exactOptional(),
  /** Where a rail puts back what it has hidden. Private: no view of the journal has it. */
  hidden: z.array(hiddenTexts).exactOptional(),
});
