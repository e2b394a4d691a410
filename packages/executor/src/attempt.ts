/**
 * One attempt of an action step: the input is checked, the tool runs, its
 * output is checked and judged. What is wrong with either is thrown.
 */
import { anyJson, isJson, TelosError } from '@telos/core';
import type { ActionStep, AnyTool, GateResult, Json, ToolContext } from '@telos/core';
import type { z } from 'zod';
import { evaluateGate } from './gate.ts';
import type { GateDeps } from './gate.ts';
import type { HideSecrets } from './hide-secrets.ts';

export type AttemptResult =
  | { readonly ended: 'succeeded'; readonly output: Json; readonly gate?: GateResult }
  | { readonly ended: 'rejected'; readonly output: Json; readonly gate: GateResult };

export type AttemptSpec = {
  readonly step: ActionStep;
  readonly tool: AnyTool;
  /** Rendered, secrets in place: for the tool alone. */
  readonly input: Json;
  /** The same, secrets masked: what checks may see. */
  readonly shown: Json;
  readonly context: ToolContext;
  /** What the tool gives back passes through it before anybody sees it. */
  readonly hide: HideSecrets;
  readonly gate: Omit<GateDeps, 'signal' | 'record'>;
};

/** @throws TelosError TOOL_INPUT, OUTPUT_INVALID; whatever the tool throws. */
export async function runAttempt({
  step,
  tool,
  input,
  shown,
  context,
  hide,
  gate,
}: AttemptSpec): Promise<AttemptResult> {
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) throw misfit('TOOL_INPUT', `The input of ${tool.name} does not fit`, parsed.error);
  const returned: unknown = await tool.run(parsed.data, context);
  const output = hide(outputOf(tool, returned));
  if (step.gate === undefined) return { ended: 'succeeded', output };
  const earlier = context.feedback?.gate.attempts ?? 0;
  const judged = { output, input: shown, sources: context.sources, earlier };
  const result = await evaluateGate(step.gate, judged, {
    ...gate,
    signal: context.signal,
    record: (call) => context.record(call),
  });
  return { ended: result.passed ? 'succeeded' : 'rejected', output, gate: result };
}

function outputOf(tool: AnyTool, returned: unknown): Json {
  let output = returned;
  // The schema of any JSON asks nothing but what is asked below.
  if (tool.output !== anyJson) {
    const checked = tool.output.safeParse(returned);
    if (!checked.success) {
      throw misfit('OUTPUT_INVALID', `The output of ${tool.name} does not fit its own schema`, checked.error);
    }
    output = checked.data;
  }
  if (!isJson(output)) throw new TelosError('OUTPUT_INVALID', `The output of ${tool.name} is no JSON.`);
  return output;
}

function misfit(code: 'TOOL_INPUT' | 'OUTPUT_INVALID', what: string, error: z.ZodError): TelosError {
  const problems = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`);
  return new TelosError(code, `${what}: ${problems.join('; ')}.`, { details: { problems } });
}
