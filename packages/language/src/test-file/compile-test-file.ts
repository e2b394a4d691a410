/**
 * compileTestFile: a test file and the workflow that it names become cases that
 * can be run, or every fault in them, each in its own file.
 */
import { TelosError, toolIn } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { compile } from '../compile.ts';
import type { Catalog } from '../compiled.ts';
import { completeInputs } from '../complete-inputs.ts';
import { schemaFaults } from '../document/schema-faults.ts';
import type { NamedWorkflow } from '../experiment/experiment-options.ts';
import type { Fault } from '../fault.ts';
import { enoughFaults, locatedFaults } from '../located-faults.ts';
import { readSource } from '../read/read-source.ts';
import type { Source } from '../read/read-source.ts';
import { createSchemas } from '../schemas/create-schemas.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, isList, isObject, kindOf, listField, objectField, textField } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { expectationOf, knownError, knownStep } from './expectation.ts';
import type { Tested } from './expectation.ts';
import { stepNamesOf } from './step-names.ts';
import type { GivenDecision, Mock, TestCase, TestFile, TestFileResult } from './test-file.ts';
import { testSchema } from './test-schema.ts';

export type TestFileOptions = {
  readonly catalog: Catalog;
  /** Shown in faults. */
  readonly file: string;
  /** The workflow of a path from the test file's own folder, or of an id; undefined when there is none. */
  readonly workflow: (named: string) => Promise<NamedWorkflow | undefined>;
};

/** Where the clock of a case stands when the file does not say. */
const usualNow = Date.UTC(2026, 0, 1);

/** Never rejects by itself, whatever the source. */
export async function compileTestFile(source: string, options: TestFileOptions): Promise<TestFileResult> {
  const { file, catalog } = options;
  const read = readSource(source, file);
  const faults = locatedFaults(read, file);
  const document = read.value;
  if (!isObject(document)) {
    if (read.faults.length === 0) {
      const message = `a test is a map that begins with \`telos: 1\`, and this is ${document === null ? 'empty' : kindOf(document)}`;
      faults.report({ code: 'WRONG_TYPE', place: [], message });
    }
    return { ok: false, faults: faults.list() };
  }
  faults.upToEnough(() => {
    const issues = testSchema.safeParse(document, { jitless: true }).error?.issues ?? [];
    for (const fault of schemaFaults(issues.slice(0, enoughFaults), document)) faults.report(fault);
  });
  const named = await workflowOf(document, options, faults.report);
  if (named === undefined) return { ok: false, faults: faults.list() };
  const result = compile(named.source, { catalog, ...named });
  if (!result.ok) return { ok: false, faults: [...faults.list(), ...result.faults] };
  const { compiled } = result;
  const tested: Tested = {
    program: compiled.program,
    names: stepNamesOf(compiled.program),
    raw: readSource(named.source, named.file).value,
    catalog,
    file,
    report: faults.report,
  };
  const cases = faults.upToEnough(() => casesOf(document, read, tested));
  const all: readonly Fault[] = faults.list();
  if (cases === undefined || all.length > 0) return { ok: false, faults: all };
  const test: TestFile = defined({
    name: textField(document, 'test') ?? '',
    description: textField(document, 'description'),
    compiled,
    source: named.source,
    file: named.file,
    readFile: named.readFile,
    cassette: textField(document, 'cassette'),
    keepsPrivate: fieldOf(document, 'keep_private') === true,
    live: (listField(document, 'live') ?? []).filter((glob) => typeof glob === 'string'),
    cases,
  });
  return { ok: true, test };
}

async function workflowOf(
  document: JsonObject,
  { workflow }: TestFileOptions,
  report: Tested['report'],
): Promise<NamedWorkflow | undefined> {
  const path = textField(document, 'workflow');
  if (path === undefined) return undefined;
  const place = ['workflow'];
  try {
    const named = await workflow(path);
    if (named !== undefined) return named;
    const hint = 'name a file by its path from this one, or a workflow beside it by its id';
    report({ code: 'FILE_MISSING', place, message: `the workflow \`${path}\` cannot be read`, hint });
  } catch (error) {
    if (!(error instanceof TelosError)) throw error;
    report({ code: error.code, place, message: error.message, hint: error.next });
  }
  return undefined;
}

const schemas = createSchemas();

function casesOf(document: JsonObject, read: Source, tested: Tested): readonly TestCase[] {
  const written = Object.entries(objectField(document, 'cases') ?? {});
  if (written.length === 0 && fieldOf(document, 'cases') !== undefined)
    tested.report({ code: 'INVALID_VALUE', place: ['cases'], message: 'there are no cases' });
  const shared = givenOf(document, [], tested);
  return written.map(([name, each]) => {
    const place: Place = ['cases', name];
    const inputs = objectField(each, 'inputs') ?? {};
    checkInputs(inputs, place, tested);
    const own = givenOf(each, place, tested);
    const at = textField(each, 'now') ?? textField(document, 'now');
    return defined({
      name,
      description: textField(each, 'description'),
      inputs,
      now: at === undefined ? usualNow : Date.parse(at),
      mocks: { ...shared.mocks, ...own.mocks },
      decisions: { ...shared.decisions, ...own.decisions },
      signals: { ...shared.signals, ...own.signals },
      expect: expectationOf(objectField(each, 'expect'), [...place, 'expect'], tested),
      line: read.positionOf(read.offsetOf(place, 'key')).line,
    });
  });
}

function checkInputs(inputs: JsonObject, place: Place, { program, report }: Tested): void {
  const known = Object.keys(program.inputs);
  for (const name of Object.keys(inputs)) {
    if (known.includes(name)) continue;
    const hint = suggestion(name, known) ?? (known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`);
    const message = `the workflow has no input \`${name}\``;
    report({ code: 'UNKNOWN_INPUT', place: [...place, 'inputs', name], at: 'key', message, hint });
  }
  try {
    completeInputs(
      program.inputs,
      Object.fromEntries(Object.entries(inputs).filter(([name]) => known.includes(name))),
      schemas,
    );
  } catch (error) {
    if (!(error instanceof TelosError)) throw error;
    report({ code: 'INPUT_INVALID', place: [...place, 'inputs'], message: error.message });
  }
}

type Given = Pick<TestCase, 'mocks' | 'decisions' | 'signals'>;

/** What is given in place of what is outside: of all cases, or of one. */
function givenOf(written: Json, place: Place, tested: Tested): Given {
  const mocks = Object.entries(objectField(written, 'mocks') ?? {}).map(([step, mock]) => {
    const at = [...place, 'mocks', step];
    const named = knownStep(step, at, 'key', tested);
    const uses = named === undefined || named === 'unknown' ? undefined : named.uses;
    if (named !== undefined && named !== 'unknown' && uses === undefined) {
      const message = `\`${step}\` is a block, and calls no tool itself`;
      const hint = `give what steps in it give: \`${step}.<step>\``;
      tested.report({ code: 'INVALID_VALUE', place: at, at: 'key', message, hint });
    }
    const list = listOf(mock).map((each, index) => mockOf(each, isList(mock) ? [...at, index] : at, uses, tested));
    return [step, list] as const;
  });
  const decisions = Object.entries(objectField(written, 'decisions') ?? {}).map(([step, decision]) => {
    if (step !== '@input' && step !== '@output') knownStep(step, [...place, 'decisions', step], 'key', tested);
    return [step, listOf(decision).map(decisionOf)] as const;
  });
  return {
    mocks: Object.fromEntries(mocks),
    decisions: Object.fromEntries(decisions),
    signals: objectField(written, 'signals') ?? {},
  };
}

function listOf(written: Json): readonly Json[] {
  return isList(written) ? written : [written];
}

/** @param uses The tool in whose place it stands; absent: that is not known. */
function mockOf(written: Json, place: Place, uses: string | undefined, tested: Tested): Mock {
  const error = objectField(written, 'error');
  const output = fieldOf(written, 'output');
  if ((error === undefined) === (output === undefined)) {
    const message = 'a mock gives an `output` or an `error`, and one of the two';
    tested.report({ code: 'MISSING_KEY', place, message });
  }
  if (error === undefined) {
    const { catalog, program, report } = tested;
    const tool = uses === undefined ? undefined : toolIn(catalog, program.tools, uses);
    const issue = output === undefined ? undefined : tool?.output.safeParse(output).error?.issues[0];
    if (issue !== undefined) {
      const where = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
      const message = `\`${uses}\` never gives this: ${where}${issue.message}`;
      report({ code: 'INVALID_VALUE', place: [...place, 'output'], message });
    }
    return { output: output ?? null };
  }
  const code = textField(error, 'code') ?? '';
  if (code !== '') knownError(code, [...place, 'error', 'code'], tested);
  const kind = fieldOf(error, 'kind');
  return {
    error: defined({
      code,
      message: textField(error, 'message'),
      kind: kind === 'retryable' ? ('retryable' as const) : kind === 'terminal' ? ('terminal' as const) : undefined,
    }),
  };
}

function decisionOf(written: Json): GivenDecision {
  // One of the decisions, as the form says.
  if (typeof written === 'string') return { decision: written as GivenDecision['decision'] };
  return defined({
    decision: (textField(written, 'decision') ?? 'approve') as GivenDecision['decision'],
    value: fieldOf(written, 'value'),
    note: textField(written, 'note'),
    as: textField(written, 'as'),
  });
}
