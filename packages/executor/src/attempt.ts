/**
 * One attempt of an action step: the input is checked, the tool runs, its
 * output is checked and judged. What came of it is a value; nothing is thrown.
 */
import { addUsage, errorRecordOf, noUsage, TelosError } from '@telos/core';
import type {
  ActionStep,
  AnyTool,
  Feedback,
  GateResult,
  Json,
  JsonObject,
  ModelSpec,
  ToolCallReport,
  ToolContext,
  Usage,
} from '@telos/core';
import type { z } from 'zod';
import type { Failure } from './active-step.ts';
import { evaluateGate } from './gate.ts';
import type { GateDeps } from './gate.ts';

export type AttemptResult =
  | { readonly ended: 'succeeded'; readonly output: Json; readonly usage?: Usage; readonly gate?: GateResult }
  | { readonly ended: 'rejected'; readonly output: Json; readonly usage?: Usage; readonly gate: GateResult }
  | Failure;

export type AttemptSpec = {
  readonly step: ActionStep;
  readonly tool: AnyTool;
  /** Rendered, secrets in place. */
  readonly input: Json;
  readonly context: Omit<ToolContext, 'record' | 'feedback' | 'model'>;
  readonly feedback?: Feedback;
  readonly model?: ModelSpec;
  /** Takes each call as it ends. */
  readonly onCall: (call: ToolCallReport) => void;
  readonly gate: Omit<GateDeps, 'signal' | 'record'>;
};

/** Runs an attempt to its end. Aborting the context's signal ends it as `failed` with the signal's reason. */
export async function runAttempt(spec: AttemptSpec): Promise<AttemptResult> {
  let usage = noUsage;
  const record = (call: ToolCallReport): void => {
    usage = addUsage(usage, call.usage);
    spec.onCall(call);
  };
  const spent = (): { readonly usage?: Usage } => (usage === noUsage ? {} : { usage });
  const { signal } = spec.context;
  try {
    const input = spec.tool.input.safeParse(spec.input);
    if (!input.success) throw misfit('TOOL_INPUT', `The input of ${spec.tool.name} does not fit`, input.error);
    const context: ToolContext = {
      ...spec.context,
      record,
      ...(spec.feedback === undefined ? {} : { feedback: spec.feedback }),
      ...(spec.model === undefined ? {} : { model: spec.model }),
    };
    const returned: unknown = await spec.tool.run(input.data, context);
    const parsed = spec.tool.output.safeParse(returned);
    if (!parsed.success)
      throw misfit('OUTPUT_INVALID', `The output of ${spec.tool.name} does not fit its own schema`, parsed.error);
    const output = parsed.data;
    const { gate } = spec.step;
    if (gate === undefined) return { ended: 'succeeded', output, ...spent() };
    const judged = {
      output,
      input: withoutSecrets(spec.input),
      sources: spec.context.sources,
      earlier: spec.feedback?.gate.attempts ?? 0,
    };
    const result = await evaluateGate(gate, judged, { ...spec.gate, signal, record });
    return { ended: result.passed ? 'succeeded' : 'rejected', output, gate: result, ...spent() };
  } catch (error) {
    const cause: unknown = signal.aborted ? signal.reason : error;
    return { ended: 'failed', error: errorRecordOf(cause), ...spent() };
  }
}

/** Headers and auth are where secrets may stand; a judge has no business with them. */
function withoutSecrets(input: Json): Json {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  // Not an array, not null: the JSON value is an object.
  const { headers: _headers, auth: _auth, ...rest } = input as JsonObject;
  return rest;
}

function misfit(code: 'TOOL_INPUT' | 'OUTPUT_INVALID', what: string, error: z.ZodError): TelosError {
  const problems = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`);
  return new TelosError(code, `${what}: ${problems.join('; ')}.`, { details: { problems } });
}
