/**
 * A program: a workflow file after compilation.
 *
 * It is plain JSON in canonical form, stored under the SHA-256 of its canonical
 * text, and never changes. Aliases are resolved, files inlined, order turned
 * into edges (`after`), durations into milliseconds. Expressions stay as text.
 */
import type { Json, JsonObject, JsonSchema } from '../json.ts';
import type { AgentEngineName } from './agent-engines.ts';
import type { AgentHooks } from './agent-hooks.ts';
import type { CalledTool, CalledWorkflow } from './called.ts';
import type { PermissionsSpec } from './permissions.ts';
import type { RailsSpec } from './rails-spec.ts';
import type { TriggersSpec } from './triggers.ts';
import type { Template, Condition } from './template.ts';
import type { CheckUse } from './check-use.ts';

export type Program = {
  readonly telos: 1;
  readonly id: string;
  readonly description?: string;
  readonly inputs: { readonly [name: string]: InputSpec };
  readonly vars: { readonly [name: string]: Template };
  readonly budget?: BudgetSpec;
  readonly tools: { readonly [name: string]: ConnectionSpec };
  readonly permissions: PermissionsSpec;
  readonly evaluators: { readonly [name: string]: CheckUse };
  /** Of the run: what goes into it, what comes out, and what its steps write into memory. */
  readonly rails?: Pick<RailsSpec, 'input' | 'output' | 'memory_write'>;
  /** Whether any of its rails puts back what it has hidden: then nobody can guess a placeholder of its runs. */
  readonly restores?: true;
  /** How many of its runs may be unfinished at a time. */
  readonly concurrency?: ConcurrencySpec;
  readonly triggers?: TriggersSpec;
  readonly steps: readonly Step[];
  /** What is done about a failed run: the first handler that matches. */
  readonly catch?: readonly CatchSpec[];
  /** What is done however the run ends. */
  readonly finally?: Handler;
  readonly outputs: { readonly [name: string]: Template };
  /** Of a plan: what it is to reach, and how that is told. */
  readonly objectives?: readonly ObjectiveSpec[];
  /** Names of top-level steps whose envelopes `outputs` reads. */
  readonly outputReads: readonly string[];
  readonly requires: Requirements;
};

/** Something that a plan is to reach. */
export type ObjectiveSpec = {
  readonly id: string;
  readonly objective: string;
  /** In words. */
  readonly criterion: string;
  /** Over `output` and `steps` when the plan's body has ended. Absent: nothing at hand can test it. */
  readonly check?: CheckUse;
  /** Ids of the plan's own steps that the check reads. */
  readonly reads: readonly string[];
};

/** Everything the program needs to be present before it may start. */
export type Requirements = {
  readonly tools: readonly string[];
  readonly checks: readonly string[];
  /** `provider/model` or `auto`. */
  readonly models: readonly string[];
  /** Names of secrets it reads. */
  readonly secrets: readonly string[];
  /** Ids of the workflows that its steps run. A run pins the version of each when it is created. */
  readonly workflows?: readonly string[];
};

/** Runs whose rendered `key` is equal share `max` places. `replace`: the oldest is cancelled to make room. */
export type ConcurrencySpec = {
  readonly key: Template;
  readonly max: number;
  readonly whenFull: 'queue' | 'reject' | 'replace';
};

/** A list of steps beside the workflow's own: `catch`, `finally`. */
export type Handler = { readonly steps: readonly Step[] };

/** `match`: `any`, error codes, or the families that `retry.errors` knows. In the handler's steps `error` is in scope. */
export type CatchSpec = Handler & { readonly match: 'any' | readonly string[] };

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
export type ConnectionSpec = {
  readonly kind: string;
  readonly with: Template;
  /** Of a server that says itself which tools it has: those that the program names, as they were when it was compiled. */
  readonly tools?: { readonly [name: string]: ServedTool };
};

/** A tool as its server described it. Its texts were written outside, and are no templates. */
export type ServedTool = {
  readonly description: string;
  readonly input: JsonSchema;
  /** Absent: it gives text. */
  readonly output?: JsonSchema;
  readonly effect: Effect;
  /** The same call a second time changes nothing more. */
  readonly idempotent?: true;
  /** SHA-256 of its name, description and input schema. */
  readonly pin: string;
};

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

export type Remedy =
  | { readonly do: 'repair'; readonly times: number }
  | { readonly do: 'escalate'; readonly model: ModelSpec }
  | { readonly do: 'fallback'; readonly value: Template }
  /** A person lets the output pass, perhaps edited, or rejects it. */
  | { readonly do: 'approve'; readonly who: readonly string[] };

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
  readonly rails?: RailsSpec;
  readonly effect?: Effect;
  readonly idempotencyKey?: Template;
  /** `quarantine`: a step that failed for good waits for a person to have it tried again, given a value, or left failed. */
  readonly onError: 'fail' | 'continue' | 'quarantine';
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

export type ActionStep = StepBase & {
  readonly kind: 'action';
  readonly uses: string;
  readonly with: Template;
  /** The queue whose workers run it; absent: wherever there is room. */
  readonly queue?: string;
  /** `permissions.ask` names its tool, whatever it is given: a person sees its input, may edit it, and lets it run or not. */
  readonly asks?: true;
  /** What undoes it, when the run fails or is cancelled after it succeeded. Its `steps.<own id>` is in scope. */
  readonly compensate?: ToolUse;
  /** Tells, after a crash in the middle of a write, whether it took effect. */
  readonly probe?: Probe;
  /** What an equal call has given stands for making it. */
  readonly cache?: CacheSpec;
  /** Of an agent's turn: its rules, and the round. In no program. */
  readonly hooks?: { readonly rules: AgentHooks; readonly round: number };
};

export type CacheSpec = {
  /** How old what stands for a call may be, and how long what it gives is kept. */
  readonly ttlMs: number;
  /** Whose calls may be equal to it: those of its workflow, or of all workflows of the run's namespace. */
  readonly scope: 'workflow' | 'namespace';
  /** In place of all that the call is given: what decides whether another is equal. */
  readonly key?: Template;
};

export type ToolUse = { readonly uses: string; readonly with: Template; readonly reads: readonly string[] };

/** `found`: bare CEL over `output`, what the probe gave. When it holds the step has succeeded with that output; else it is tried again. */
export type Probe = ToolUse & { readonly found: Condition };

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
  /** The block that the file has, which this was made of. */
  readonly written?: 'best_of' | 'map_reduce';
  readonly cases: readonly { readonly when?: Condition; readonly steps: readonly Step[] }[];
};

/**
 * A plan is drafted, compiled and then run as this block's body; each of its objectives is scored, and where one is not
 * met another plan may follow. Output: `{ plan, output, outcome, objectives, rounds }` (core/src/plan).
 */
export type PlanStep = StepBase & {
  readonly kind: 'plan';
  readonly with: JsonObject;
  /** Plans at most, those included that a person rejected; absent: 1. */
  readonly rounds?: number;
  /** A person sees each plan before it runs. */
  readonly approve?: PlanApproval;
};

export type PlanApproval = {
  /** Who may decide: names of people or roles; empty: anybody who may decide at all. */
  readonly who: readonly string[];
  readonly timeoutMs?: number;
  readonly onTimeout: 'approve' | 'reject' | 'fail';
};

/**
 * Runs its body again and again, `state` carried from round to round.
 * Output: `{ state, output, rounds, reached }`: the last state, the last round's last output, how many rounds there
 * were, and whether `until` held (false: `max` rounds ended it).
 */
export type LoopStep = StepBase & {
  readonly kind: 'loop';
  /** The state that the first round sees. */
  readonly state: { readonly [name: string]: Template };
  /** Evaluated after each round, the new state in scope; absent: `max` rounds. */
  readonly until?: Condition;
  readonly max: number;
  /** What replaces fields of the state after a round; sees the body's steps. */
  readonly next: { readonly [name: string]: Template };
  /** Ids of body steps that `next` and `until` read. */
  readonly nextReads: readonly string[];
  readonly steps: readonly Step[];
};

/**
 * A model that calls tools until it has an answer. Each round holds the calls that its last turn asked for, and its
 * next turn (core/src/agent). Output: `{ text }`, or with `output` the value of that schema.
 */
export type AgentStep = StepBase & {
  readonly kind: 'agent';
  /** What it is, and how it is to work. */
  readonly instructions: Template;
  /** What it is asked. */
  readonly input: Template;
  /** The conversation that it takes over. In no program. */
  readonly said?: Template;
  readonly model: ModelSpec;
  readonly tools: readonly AgentTool[];
  /** What its answer must fit. */
  readonly output?: JsonSchema;
  /** The framework whose loop it is; absent: our own. */
  readonly engine?: AgentEngineName;
  /** Turns of the model at most, >= 1. In the last one it has no tools. */
  readonly maxTurns: number;
  /** How a turn is tried again. */
  readonly turnRetry?: RetrySpec;
  /** What is done about a conversation that has grown; absent: each turn is shown all of it. */
  readonly context?: ContextSpec;
  /** Rules about what is said around its turns and its calls. */
  readonly hooks?: AgentHooks;
} & Called;

/** Of a block that is a call of an agent, in one of its rounds: the name that it called. In no program. */
type Called = { readonly calledAs?: string };

/** Of an agent: the tokens, as they are estimated, past which a turn is shown less than all that was said, and what it is shown. */
export type ContextSpec = { readonly strategy: 'drop_results'; readonly tokens: number };

/** What an agent may call: a tool, another workflow, or an agent of its own. `name`: as workflow and model name it. */
export type AgentTool = CalledTool | CalledWorkflow | CalledAgent;

/** Its argument is `{ task }`, all that it sees of who calls it; its answer is the result. */
export type CalledAgent = {
  readonly name: string;
  /** What the model that may call it is told of it. No template. */
  readonly description: string;
  /** It takes the conversation over: it sees all of it, and its answer is that of the agent that hands off. */
  readonly handsOff?: true;
  readonly agent: Omit<AgentStep, 'kind' | 'id' | 'after' | 'input' | 'said' | 'onError' | 'calledAs'>;
};

/** Waits. Output: `{ at }` after a time, the signal's payload after a signal, null when the signal timed out and `onTimeout` is `continue`. */
export type WaitStep = StepBase & {
  readonly kind: 'wait';
  readonly wait:
    | { readonly for: 'duration'; readonly ms: number | Template }
    | { readonly for: 'instant'; readonly at: Template }
    | {
        readonly for: 'signal';
        readonly name: string;
        readonly schema?: JsonSchema;
        readonly timeoutMs?: number;
        readonly onTimeout: 'fail' | 'continue';
      };
};

/**
 * Asks a person. Output: `{ decision, value, note, by }`; `value` is the form filled in, or else what was shown,
 * perhaps edited. A rejection fails the step with APPROVAL_REJECTED.
 */
export type ApproveStep = StepBase & {
  readonly kind: 'approve';
  /** Who may decide: names of people or roles; empty: anybody who may decide at all. */
  readonly who: readonly string[];
  readonly show: Template;
  /** What the person fills in. */
  readonly form?: JsonSchema;
  readonly approvalTimeoutMs?: number;
  readonly onTimeout: 'approve' | 'reject' | 'fail';
};

/** Runs another workflow as its body, in this run's journal. Output: its outputs. */
export type WorkflowStep = StepBase & {
  readonly kind: 'workflow';
  readonly workflow: string;
  /** Its inputs by name; of an agent's call, one expression that gives them all. */
  readonly with: Template;
} & Called;

/** What a file calls a step of this kind. */
export function writtenKind(step: Step): Step['kind'] | NonNullable<SwitchStep['written']> {
  return step.kind === 'switch' ? (step.written ?? 'switch') : step.kind;
}

export type BlockStep = ForeachStep | ParallelStep | SwitchStep | LoopStep | AgentStep | PlanStep | WorkflowStep;
export type Step = ActionStep | BlockStep | WaitStep | ApproveStep;
