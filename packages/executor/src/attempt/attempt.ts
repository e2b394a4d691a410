/**
 * One attempt of an action step: the input is checked, the tool runs, its
 * output is checked and judged. What is wrong with either is thrown.
 */
import { anyJson, checksOfGate, deepestValue, isJson, isWithinDepth, TelosError } from '@telos/core';
import type { AnyTool, GateResult, GateSpec, Json, Labelling } from '@telos/core';
import type { z } from 'zod';
import { evaluateGate } from '../gates/gate.ts';
import { Asked } from '../rails/asked.ts';
import type { Railing } from '../rails/railing.ts';
import type { AttemptHooks } from '../running/active-step.ts';
import { StepContext } from '../running/step-context.ts';
import { broughtBy } from './ready-attempt.ts';
import type { AttemptMaker, ReadyAttempt } from './ready-attempt.ts';

/** `brought`: what the output carries by this very call. */
type Given = { readonly output: Json; readonly brought?: Labelling };

type Gated =
  | (Given & { readonly ended: 'succeeded'; readonly gate?: GateResult })
  | (Given & { readonly ended: 'rejected'; readonly gate: GateResult });

export type AttemptResult =
  | Gated
  /** The last answer of its rails wants a person to be asked. */
  | { readonly ended: 'asked' };

/** @throws TelosError TOOL_INPUT, OUTPUT_INVALID, VALUE_TOO_DEEP, RAIL_BLOCKED, RAIL_FAILED; whatever the tool throws. */
export async function runAttempt(
  ready: ReadyAttempt,
  maker: AttemptMaker,
  hooks: AttemptHooks,
  railing?: Railing,
): Promise<AttemptResult> {
  const { attempt, tool, shown } = ready;
  const { gate } = attempt.step;
  try {
    const context = new StepContext(maker.host, railing?.hooks ?? hooks, attempt);
    const output =
      railing === undefined
        ? givenBy(ready, context, await call(ready, context))
        : await railing.judge(
            railing.isRecorded ? undefined : givenBy(ready, context, await call(ready, context)),
            shown,
          );
    const own = broughtBy(ready, output);
    const brought = own === undefined ? {} : { brought: own };
    return gate === undefined
      ? { ended: 'succeeded', output, ...brought }
      : { ...(await judge(ready, maker, context, gate, output)), ...brought };
  } catch (error) {
    if (error instanceof Asked) return { ended: 'asked' };
    if (!isStackOverflow(error)) throw error;
    const message = `${tool.name} ran out of stack: a value that it met is nested too deep, or it calls itself without end.`;
    throw new TelosError('VALUE_TOO_DEEP', message, { cause: error });
  }
}

/** What the tool comes to, or what an equal call has come to. */
function call({ tool, input, hit }: ReadyAttempt, context: StepContext): Promise<unknown> {
  if (hit !== undefined) return Promise.resolve(hit.output);
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) throw misfit('TOOL_INPUT', `The input of ${tool.name} does not fit`, parsed.error);
  return tool.run(parsed.data, context);
}

/** What the tool gave passes through the mask of its program's secrets before anybody sees it. */
function givenBy({ attempt, tool }: ReadyAttempt, context: StepContext, returned: unknown): Json {
  context.endText();
  return attempt.rendering.hide(outputOf(tool, returned));
}

async function judge(
  { attempt, shown }: ReadyAttempt,
  maker: AttemptMaker,
  context: StepContext,
  gate: GateSpec,
  output: Json,
): Promise<Gated> {
  const { linked, scope } = attempt;
  const earlier = context.feedback?.gate.attempts ?? 0;
  const judged = { output, input: shown, sources: context.sources, earlier };
  const result = await evaluateGate(gate, judged, {
    checks: maker.host.deps.checks,
    linked,
    scope,
    mayHave: maker.mayHave(checksOfGate(gate), output),
    signal: context.signal,
    record: (report) => context.record(report),
    sharing: context.sharing,
  });
  return { ended: result.passed ? 'succeeded' : 'rejected', output, gate: result };
}

function outputOf(tool: AnyTool, returned: unknown): Json {
  // The schema of any JSON asks nothing but what is asked below.
  const checked = tool.output === anyJson ? undefined : tool.output.safeParse(returned);
  const output: unknown = checked === undefined ? returned : checked.data;
  if (checked?.success !== false && isJson(output, deepestValue)) return output;
  const what = `The output of ${tool.name}`;
  if (!isWithinDepth(returned))
    throw new TelosError('VALUE_TOO_DEEP', `${what} is nested more than ${deepestValue} levels deep.`);
  if (checked?.success === false) throw misfit('OUTPUT_INVALID', `${what} does not fit its own schema`, checked.error);
  throw new TelosError('OUTPUT_INVALID', `${what} is no JSON.`);
}

/** The same would happen again. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function misfit(code: 'TOOL_INPUT' | 'OUTPUT_INVALID', what: string, error: z.ZodError): TelosError {
  const problems = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`);
  return new TelosError(code, `${what}: ${problems.join('; ')}.`, { details: { problems } });
}
