/**
 * A program: a workflow file after compilation.
 *
 * It is plain JSON in canonical form, stored under the SHA-256 of its canonical
 * text, and never changes. Aliases are resolved, files inlined, order turned
 * into edges (`after`), durations into milliseconds. Expressions stay as text:
 * a `Template` is JSON whose strings may hold `${{ CEL }}`; a `Condition` is
 * bare CEL that yields a boolean.
 */
import type { Json, JsonObject, JsonSchema } from '../json.ts';

export type Template = Json;
export type Condition = string;

export type Program = {
  readonly telos: 1;
  readonly id: string;
  readonly description?: string;
  readonly inputs: { readonly [name: string]: InputSpec };
  readonly vars: { readonly [name: string]: Template };
  readonly budget?: BudgetSpec;
  readonly tools: { readonly [name: string]: ConnectionSpec };
  readonly permissions: {
    readonly allow: readonly string[];
    readonly ask: readonly string[];
    readonly deny: readonly string[];
  };
  readonly evaluators: { readonly [name: string]: CheckUse };
  readonly steps: readonly Step[];
  readonly outputs: { readonly [name: string]: Template };
  /** Names of top-level steps whose envelopes `outputs` reads. */
  readonly outputReads: readonly string[];
  readonly requires: Requirements;
};

/** Everything the program needs to be present before it may start. */
export type Requirements = {
  readonly tools: readonly string[];
  readonly checks: readonly string[];
  /** `provider/model` or `auto`. */
  readonly models: readonly string[];
  /** Names of secrets it reads. */
  readonly secrets: readonly string[];
};

export type InputSpec = {
  readonly schema: JsonSchema;
  readonly required: boolean;
  readonly default?: Json;
  readonly private?: boolean;
};

/** Ceilings; each is absent when unbounded. */
export type BudgetSpec = {
  readonly usd?: number;
  readonly tokens?: number;
  readonly wallMs?: number;
  readonly calls?: number;
  readonly onExceeded: 'pause' | 'fail';
};

/** A connection under `tools:`, for example `{ kind: 'db', with: { url: '${{ secrets.SALES_URL }}' } }`. */
export type ConnectionSpec = { readonly kind: string; readonly with: Template };

/** `provider/model`, or several to try in order. */
export type ModelSpec = string | { readonly fallback: readonly string[] };

export type Effect = 'read' | 'write' | 'irreversible';

export type RetrySpec = {
  /** Attempts in all, the first included; >= 1. */
  readonly max: number;
  readonly backoff: 'constant' | 'exponential';
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly jitter: boolean;
  /** Error codes (or their families: rate_limit, timeout, unavailable, invalid_output) that are retried; absent: every retryable error. */
  readonly errors?: readonly string[];
};

/** One use of a check: which one, with what parameters, and the floor its score must reach. */
export type CheckUse = {
  /** Shown in verdicts; unique within its gate. */
  readonly name: string;
  readonly uses: string;
  readonly with: Template;
  /** Score in [0, 1] that passes, inclusive. Absent: the check's own verdict decides. */
  readonly min?: number;
};

export type Remedy =
  | { readonly do: 'repair'; readonly times: number }
  | { readonly do: 'escalate'; readonly model: ModelSpec }
  | { readonly do: 'fallback'; readonly value: Template };

export type GateSpec = {
  readonly checks: readonly CheckUse[];
  readonly judge?: CheckUse;
  /** In scope: `score` (the judge's, else the mean of checks), `scores.<name>`, `output`. Absent: every verdict must pass. */
  readonly pass?: Condition;
  /** Tried in order; when all are used up the step fails with GATE_FAILED and the best attempt is kept in its envelope. */
  readonly onFail: readonly Remedy[];
};

export type Policies = {
  readonly when?: Condition;
  readonly retry?: RetrySpec;
  readonly timeoutMs?: number;
  readonly gate?: GateSpec;
  readonly effect?: Effect;
  readonly idempotencyKey?: Template;
  readonly onError: 'fail' | 'continue';
  readonly trust?: 'trusted';
  readonly budget?: BudgetSpec;
};

type StepBase = Policies & {
  readonly id: string;
  /** Ids of steps in the same list that must have finished before this one may start. */
  readonly after: readonly string[];
  /** Ids of steps (in this list or around it) whose envelopes any expression of this step reads. */
  readonly reads: readonly string[];
};

export type ActionStep = StepBase & { readonly kind: 'action'; readonly uses: string; readonly with: Template };

/**
 * Output: the list, in order, of each item's `yield`, or else its body's last output.
 * Of an item that failed: `collect` keeps `{ error }` in its place, `skip` leaves it out, `fail` fails the block.
 */
export type ForeachStep = StepBase & {
  readonly kind: 'foreach';
  readonly items: Template;
  readonly as: string;
  readonly maxParallel: number;
  readonly onItemError: 'collect' | 'skip' | 'fail';
  readonly yield?: Template;
  readonly yieldReads: readonly string[];
  readonly steps: readonly Step[];
};

/** Output: one field per branch, holding the branch's last output. */
export type ParallelStep = StepBase & {
  readonly kind: 'parallel';
  readonly branches: { readonly [name: string]: readonly Step[] };
};

/** Output: the last output of the first case whose `when` holds; the step is skipped when none does. */
export type SwitchStep = StepBase & {
  readonly kind: 'switch';
  readonly cases: readonly { readonly when?: Condition; readonly steps: readonly Step[] }[];
};

/** A plan is drafted, compiled and then run as this block's body. Output: `{ plan, output }`: its program's hash, and its outputs or last output. */
export type PlanStep = StepBase & { readonly kind: 'plan'; readonly with: JsonObject };

export type Step = ActionStep | ForeachStep | ParallelStep | SwitchStep | PlanStep;
