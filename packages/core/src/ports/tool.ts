import type { z } from 'zod';
import type { Json, JsonObject, JsonSchema } from '../json.ts';
import type { RunId } from '../ids.ts';
import type { Label, Labelling } from '../labels.ts';
import type { ConnectionSpec, Effect, ModelSpec, Program } from '../program/program.ts';
import type { StepPath } from '../program/path.ts';
import type { CallRecord, GateResult } from '../run/events.ts';
import type { Usage } from '../usage.ts';
import type { Sharing, WorkPart } from './models.ts';

/** Why an earlier output of the same step was not good enough; the tool should do better this time. */
export type Feedback = { readonly output: Json; readonly gate: GateResult };

export interface ToolContext {
  readonly run: RunId;
  readonly path: StepPath;
  readonly attempt: number;
  /** Aborts on timeout and on cancel; a tool passes it down to the socket. */
  readonly signal: AbortSignal;
  /** The same for every attempt of one step. */
  readonly idempotencyKey: string;
  /** Present on a repair. */
  readonly feedback?: Feedback;
  /** Present on an escalation: use this model whatever the input says. */
  readonly model?: ModelSpec;
  /** The values that the step read from earlier steps, by step id: the sources an answer may lean on. */
  readonly sources: { readonly [step: string]: Json };
  /** What the input carries, argument by argument. Absent: nothing. */
  readonly labelling?: Labelling;
  /** Of the model calls that the tool makes: to be passed on with each. */
  readonly sharing?: Sharing;
  /** Looks up a connection of the workflow's `tools:`, its secrets resolved. Undefined when there is none of that name. */
  connection(name: string): Connection | undefined;
  /** A workflow that the run may run, in the version that it has of it. Undefined when there is none of that id. */
  workflow?(id: string): Promise<Pick<Program, 'description' | 'inputs'> | undefined>;
  /** Shows text as it is made. Not kept. */
  emitText(text: string): void;
  /** Shows thoughts, and calls as they form. Not kept. */
  emitWork?(part: WorkPart): void;
  progress(message: string, data?: Json): void;
  /** Adds a call to the journal and the trace. Its usage is counted as the step's. */
  record(call: ToolCallReport): void;
}

export type Connection = {
  readonly kind: string;
  readonly with: Json;
  /** What its server offers, as the program has it. */
  readonly tools?: ConnectionSpec['tools'];
};

/** A `CallRecord` whose values may be large: the engine moves them to the blob store. */
export type ToolCallReport = Omit<CallRecord, 'input' | 'output'> & {
  readonly input: Json;
  readonly output?: Json;
  readonly usage?: Usage;
};

/** Where a call sends what it is given. */
export type Destination = {
  /** `api.example`, or `api.example:8443` where the port is not that of the scheme. */
  readonly host: string;
  /** It belongs to a model provider that the installation has configured. */
  readonly model?: true;
};

/** `anywhere`: nobody here knows. */
export type Destinations = readonly Destination[] | 'anywhere';

/**
 * One definition of a tool: a YAML `uses`, a tool an agent may call, a tool the
 * MCP server lists, an entry in the editor's completion.
 */
export interface Tool<I = never, O extends Json = Json> {
  /** `family.verb`, or one word. */
  readonly name: string;
  /** One sentence, then what matters for choosing it. Shown to people and to models. */
  readonly description: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  /** A JSON Schema of what this very call gives, where its `with`, as the workflow writes it, says more than `output` does. */
  outputSchemaOf?(given: JsonObject): JsonSchema | undefined;
  /** The strictest effect that a call of this tool can have. */
  readonly effect: Effect;
  /** The effect of this very call, never stricter than `effect`; absent when every call has the same. Decided before `run`, and cheap. */
  effectOf?(input: I, context: Pick<ToolContext, 'connection'>): Effect;
  /**
   * What this very call may cost at most, as far as can be told before it is made. Absent, and nothing said by
   * `spendsNothing`: nobody knows, and within a budget one such call is under way at a time.
   */
  estimate?(input: I): Promise<Usage>;
  /** A call of it is one call to a budget, and takes neither money nor tokens. */
  readonly spendsNothing?: true;
  /** Labels that everything this tool returns carries. */
  readonly returns: readonly Label[];
  /** Labels that this very call's output is certain to carry besides, as far as its `with`, as the workflow writes it, tells. */
  certainLabels?(given: JsonObject): readonly Label[];
  /** What this very call's output carries besides that and what its input carries. */
  labelsOf?(input: I, output: O): Labelling;
  /** Its description was written by somebody outside: what a model makes of it is untrusted. */
  readonly foreign?: true;
  /** What it keeps it gives back with the labels that it came with, so that writing to it lets nothing escape them. */
  readonly keepsLabels?: true;
  /** What it is given it keeps for later runs: rails on memory writes look at it first. */
  readonly remembers?: true;
  /** The field of its input that it gives back as it is, so that what it gives carries what that field carried. */
  readonly echoes?: string;
  /** It sends what it is given to models alone: where all of them may have it, nobody looks for their hosts. */
  readonly sendsOnlyToModels?: true;
  /**
   * Where this very call sends what it is given, redirects aside; decided before `run`. Absent: a call that only reads
   * sends nothing anywhere, and one that has an effect may send it anywhere.
   */
  sendsTo?(input: I, context: Pick<ToolContext, 'connection' | 'model'>): Destinations | Promise<Destinations>;
  /** Whether the far side honours the idempotency key. */
  readonly idempotent: boolean;
  /** @throws TelosError with a code of its own; anything else thrown becomes TOOL_FAILED. */
  run(input: I, context: ToolContext): Promise<O>;
}

/** A tool of any input type, as catalogues hold it. Inputs are parsed by `input` before `run` sees them. */
// oxlint-disable-next-line no-explicit-any -- contravariant in its input: only `any` admits every tool
export type AnyTool = Tool<any, Json>;
