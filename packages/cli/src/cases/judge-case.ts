/** What a case expected and what came of its run: every expectation that was not met. */
import { isJsonObject } from '@telos/core';
import type { AnyCheck, CheckUse, Json, JsonObject } from '@telos/core';
import { evaluateGate } from '@telos/executor';
import { link, namesStep } from '@telos/language';
import type { ExpectedCall, ExpectedError, ExpectedStep, OutsideCall, TestCase, TestFile } from '@telos/language';
import { differencesOf, differenceText } from '../outside/differences.ts';
import type { CaseRun, CaseStep } from './run-case.ts';

export type Failure = {
  /** What was expected of: `outputs.brief`, `steps.publish.status`, `calls[0]`. */
  readonly of: string;
  readonly message: string;
};

/** Never rejects but on an abort. */
export async function judgeCase(
  { compiled }: Pick<TestFile, 'compiled'>,
  { expect, inputs }: Pick<TestCase, 'expect' | 'inputs'>,
  run: CaseRun,
  checks: ReadonlyMap<string, AnyCheck>,
  signal: AbortSignal,
): Promise<readonly Failure[]> {
  const linked = link(compiled.program);
  const given = linked.inputs(inputs);
  const failures: Failure[] = run.problems.map((message) => ({ of: 'run', message }));
  const fail = (of: string, message: string): void => void failures.push({ of, message });

  judgeEnd(expect, run, fail);
  for (const [name, expected] of Object.entries(expect.outputs))
    for (const difference of differencesOf(expected, fieldOf(run.outputs, name)))
      fail(`outputs.${name}${difference.path === '' ? '' : within(difference.path)}`, differenceText(difference));

  const scope = { inputs: given, outputs: run.outputs, steps: stepsInScope(run), ...endInScope(run) };
  const judge = async (of: string, uses: readonly CheckUse[], output: Json): Promise<void> => {
    if (uses.length === 0) return;
    const { verdicts } = await evaluateGate(
      { checks: uses, onFail: [] },
      { output, input: given, sources: {}, earlier: 0 },
      { checks, linked, scope: { ...scope, output }, signal, record: () => {}, sharing: undefined, mayHave: undefined },
    );
    for (const { check, verdict, reason } of verdicts) if (verdict !== 'pass') fail(of, `${check}: ${reason}`);
  };
  // Of a run that gave nothing, what it gave is not judged: that it failed says it.
  if (run.status === 'succeeded' || run.status === expect.status) await judge('checks', expect.checks, run.outputs);

  for (const [name, expected] of Object.entries(expect.steps)) {
    const found = run.steps.filter(({ path }) => namesStep(name, path));
    if (found.length === 0) fail(`steps.${name}`, 'it was never reached');
    for (const step of found) {
      const of = `steps.${step.path}`;
      judgeStep(of, expected, step, fail);
      if (expected.checks.length > 0) await judge(`${of}.checks`, expected.checks, step.output ?? null);
    }
  }
  judgeCourse(expect, run, fail);
  for (const [index, call] of expect.calls.entries()) judgeCalls(`calls[${index}]`, call, run.calls, fail);
  judgeSpending(expect, run, fail);
  return failures;
}

type Fail = (of: string, message: string) => void;

function judgeEnd({ status, error }: TestCase['expect'], run: CaseRun, fail: Fail): void {
  if (run.status !== status) {
    const { code, message, path } = run.error ?? {};
    const where = path === undefined ? '' : ` at ${path}`;
    const why = code === undefined ? run.waiting.join('; ') : `${code}${where}: ${message}`;
    fail('status', `expected ${status}, got ${run.status}${why === '' ? '' : ` (${why})`}`);
  }
  if (error !== undefined && run.status === status) judgeError('error', error, run.error, fail);
}

function judgeError(of: string, expected: ExpectedError, actual: CaseRun['error'], fail: Fail): void {
  const { code, message, step } = expected;
  if (actual === undefined) {
    fail(of, `expected ${code ?? 'an error'}, and there is none`);
    return;
  }
  const said = `${actual.code}: ${actual.message}`;
  if (code !== undefined && actual.code !== code) fail(`${of}.code`, `expected ${code}, got ${said}`);
  if (message !== undefined && !actual.message.includes(message))
    fail(`${of}.message`, `expected ${JSON.stringify(message)} in it, got ${JSON.stringify(actual.message)}`);
  if (step !== undefined && (actual.path === undefined || !namesStep(step, actual.path)))
    fail(`${of}.step`, `expected ${step}, got ${actual.path ?? 'none'}`);
}

function judgeStep(of: string, { status, output, attempts, error }: ExpectedStep, step: CaseStep, fail: Fail): void {
  if (status !== undefined && step.status !== status) {
    const why = step.error === undefined ? '' : ` (${step.error.code}: ${step.error.message})`;
    fail(`${of}.status`, `expected ${status}, got ${step.status}${why}`);
  }
  if (attempts !== undefined && step.attempts !== attempts)
    fail(`${of}.attempts`, `expected ${attempts}, got ${step.attempts}`);
  if (output !== undefined)
    for (const difference of differencesOf(output, step.output))
      fail(`${of}.output${difference.path === '' ? '' : within(difference.path)}`, differenceText(difference));
  if (error !== undefined) judgeError(`${of}.error`, error, step.error, fail);
}

function judgeCourse({ ran, notRun, order }: TestCase['expect'], { steps }: CaseRun, fail: Fail): void {
  const began = steps.filter((step) => step.ran).map(({ path }) => path);
  const hasBegun = (name: string): boolean => began.some((path) => namesStep(name, path));
  for (const name of ran) if (!hasBegun(name)) fail('ran', `${name} did not run; ${courseText(began)}`);
  for (const name of notRun) if (hasBegun(name)) fail('not_run', `${name} ran`);
  let from = 0;
  for (const [index, name] of order.entries()) {
    const at = began.findIndex((path, position) => position >= from && namesStep(name, path));
    if (at === -1) {
      const before = index === 0 ? '' : ` after ${order[index - 1]}`;
      fail('order', `${name} did not run${before}; ${courseText(began)}`);
      return;
    }
    from = at + 1;
  }
}

const fewSteps = 12;

function courseText(began: readonly string[]): string {
  const shown = began.slice(0, fewSteps).join(', ');
  return began.length === 0 ? 'nothing did' : `these did: ${shown}${began.length > fewSteps ? ' …' : ''}`;
}

function judgeCalls(of: string, expected: ExpectedCall, calls: readonly OutsideCall[], fail: Fail): void {
  const { tool, model, step, with: wanted, times } = expected;
  const named = calls.filter(
    (call) =>
      (tool === undefined ? call.kind === 'model' && call.name === model : isCallOf(tool, call)) &&
      (step === undefined || namesStep(step, call.step)),
  );
  const fitting = named.filter(
    (call) => wanted === undefined || differencesOf(wanted, call.with, 'within', 1).length === 0,
  );
  const what = `${tool ?? model}${step === undefined ? '' : ` by ${step}`}`;
  if (times !== undefined) {
    if (fitting.length !== times) fail(of, `expected ${times} of ${what}, got ${fitting.length}`);
    return;
  }
  if (fitting.length > 0) return;
  const [first] = named;
  if (first === undefined || wanted === undefined) {
    const others = [...new Set(calls.map(({ name }) => name))];
    fail(
      of,
      `there is no call of ${what}; ${others.length === 0 ? 'nothing was called' : `there are ${others.join(', ')}`}`,
    );
    return;
  }
  const nearest = named.toSorted((one, other) => distance(wanted, one) - distance(wanted, other))[0] ?? first;
  const [difference] = differencesOf(wanted, nearest.with, 'within', 1);
  const where = difference === undefined || difference.path === '' ? 'with' : `with.${difference.path}`;
  fail(`${of}.${where}`, difference === undefined ? '' : differenceText(difference));
}

function distance(wanted: Json, call: OutsideCall): number {
  return differencesOf(wanted, call.with, 'within', 100).length;
}

/** `sales.query` is `db.query` on the connection `sales`. */
function isCallOf(tool: string, { kind, name, with: given }: OutsideCall): boolean {
  if (kind !== 'tool') return false;
  if (name === tool) return true;
  const connection = isJsonObject(given) ? given['connection'] : undefined;
  return typeof connection === 'string' && `${connection}.${name.slice(name.indexOf('.') + 1)}` === tool;
}

function judgeSpending({ atMost }: TestCase['expect'], { usage, wallMs }: CaseRun, fail: Fail): void {
  const spent = {
    calls: usage.calls,
    tokens: usage.input_tokens + usage.output_tokens,
    usd: usage.usd,
    wallMs,
  };
  for (const kind of ['calls', 'tokens', 'usd', 'wallMs'] as const) {
    const most = atMost[kind];
    if (most === undefined || spent[kind] <= most + 1e-9) continue;
    const [name, unit] = kind === 'wallMs' ? ['wall', ' ms'] : [kind, ''];
    fail(`at_most.${name}`, `expected ${most}${unit} at most, got ${spent[kind]}${unit}`);
  }
}

/** Steps of the workflow's own list, as expressions see them. */
function stepsInScope({ steps }: CaseRun): JsonObject {
  return Object.fromEntries(
    steps
      .filter(({ path }) => /^[a-z][a-z0-9_]*$/.test(path))
      .map(({ path, status, attempts, output = null, error, usage, gate = null }) => [
        path,
        { status, attempt: attempts, output, error: errorInScope(error), usage: { ...usage }, gate },
      ]),
  );
}

function endInScope({ status, error, usage }: CaseRun): JsonObject {
  return { status, error: errorInScope(error), usage: { ...usage } };
}

function errorInScope(error: CaseRun['error']): Json {
  return error === undefined ? null : { code: error.code, message: error.message };
}

function fieldOf(value: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function within(path: string): string {
  return path.startsWith('[') ? path : `.${path}`;
}
