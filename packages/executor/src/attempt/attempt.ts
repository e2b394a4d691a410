/**
 * One attempt of an action step: the input is checked, the tool runs, its
 * output is checked and judged. What is wrong with either is thrown.
 */
import { anyJson, deepestValue, isJson, isWithinDepth, TelosError } from '@telos/core';
import type { ActionStep, AnyTool, GateResult, GateSpec, Json, Labelling, ToolContext } from '@telos/core';
import type { z } from 'zod';
import { evaluateGate } from '../gates/gate.ts';
import type { GateDeps } from '../gates/gate.ts';
import type { HideSecrets } from '../scope/hide-secrets.ts';
import type { MayHave } from '../labels/private-judging.ts';
import { Asked } from '../rails/asked.ts';
import type { Railing } from '../rails/railing.ts';

/** `brought`: what the output carries by this very call. */
type Given = { readonly output: Json; readonly brought?: Labelling };

type Judged =
  | (Given & { readonly ended: 'succeeded'; readonly gate?: GateResult })
  | (Given & { readonly ended: 'rejected'; readonly gate: GateResult });

export type AttemptResult =
  | Judged
  /** The last answer of its rails wants a person to be asked. */
  | { readonly ended: 'asked' };

export type AttemptSpec = {
  readonly step: ActionStep;
  readonly tool: AnyTool;
  /** Rendered, secrets in place: for the tool alone. */
  readonly input: Json;
  /** The same, secrets masked: what checks may see. */
  readonly shown: Json;
  readonly context: ToolContext & {
    /** To be called when the tool has ended. */
    endText(): void;
  };
  /** What the tool gives back passes through it before anybody sees it. */
  readonly hide: HideSecrets;
  readonly gate: Omit<GateDeps, 'signal' | 'record' | 'sharing' | 'mayHave'> & {
    /** Where those who judge this output may send it. */
    readonly mayHave?: (output: Json) => MayHave;
  };
  /** Looks at what the tool gave before anybody else does. */
  readonly railing?: Railing | undefined;
};

/** @throws TelosError TOOL_INPUT, OUTPUT_INVALID, VALUE_TOO_DEEP, RAIL_BLOCKED, RAIL_FAILED; whatever the tool throws. */
export async function runAttempt(spec: AttemptSpec): Promise<AttemptResult> {
  const { step, tool, railing } = spec;
  try {
    const output =
      railing === undefined
        ? givenBy(spec, await call(spec))
        : await railing.judge(railing.isRecorded ? undefined : givenBy(spec, await call(spec)), spec.shown);
    const own = broughtBy(spec.tool, spec.input, output);
    const brought = own === undefined ? {} : { brought: own };
    return step.gate === undefined
      ? { ended: 'succeeded', output, ...brought }
      : { ...(await judge(spec, step.gate, output)), ...brought };
  } catch (error) {
    if (error instanceof Asked) return { ended: 'asked' };
    if (!isStackOverflow(error)) throw error;
    const message = `${tool.name} ran out of stack: a value that it met is nested too deep, or it calls itself without end.`;
    throw new TelosError('VALUE_TOO_DEEP', message, { cause: error });
  }
}

/** What the output carries by this very call; undefined when its tool says nothing of it. */
export function broughtBy(tool: AnyTool, input: Json, output: Json): Labelling | undefined {
  if (tool.labelsOf === undefined) return undefined;
  const parsed = tool.input.safeParse(input);
  return parsed.success ? tool.labelsOf(parsed.data, output) : undefined;
}

/** What the tool comes to. */
function call({ tool, input, context }: AttemptSpec): Promise<unknown> {
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) throw misfit('TOOL_INPUT', `The input of ${tool.name} does not fit`, parsed.error);
  return tool.run(parsed.data, context);
}

function givenBy({ tool, hide, context }: AttemptSpec, returned: unknown): Json {
  context.endText();
  return hide(outputOf(tool, returned));
}

async function judge({ context, shown, gate }: AttemptSpec, spec: GateSpec, output: Json): Promise<Judged> {
  const earlier = context.feedback?.gate.attempts ?? 0;
  const judged = { output, input: shown, sources: context.sources, earlier };
  const result = await evaluateGate(spec, judged, {
    ...gate,
    mayHave: gate.mayHave?.(output),
    signal: context.signal,
    record: (call) => context.record(call),
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
