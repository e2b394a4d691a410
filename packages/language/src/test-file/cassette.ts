/**
 * Cassettes: what the calls of a test's cases gave when they were really made,
 * in a file beside the test that people can read and change.
 */
import { z } from 'zod';
import { stringify } from 'yaml';
import { canonicalJson } from '@telos/core';
import type { Json } from '@telos/core';
import { closed } from '../document/closed.ts';
import { schemaFaults } from '../document/schema-faults.ts';
import { hashOf } from '../hash-of.ts';
import { name, text } from '../document/scalars.ts';
import { enoughFaults, locatedFaults } from '../located-faults.ts';
import { readSource } from '../read/read-source.ts';
import type { Fault } from '../fault.ts';

/** A call of a model or a tool, as a test sees it: no secrets, and the run's own id by its name. */
export type OutsideCall = {
  /** Its step's path. */
  readonly step: string;
  readonly kind: 'model' | 'tool';
  /** The tool, or the model as it was asked for. */
  readonly name: string;
  readonly with: Json;
};

/** What it gave, or how it failed. */
export type OutsideAnswer = {
  readonly gives?: Json;
  readonly error?: { readonly code: string; readonly kind: 'retryable' | 'terminal' | 'bug'; readonly message: string };
  readonly usage?: RecordedUsage;
};

export type RecordedUsage = {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly usd: number;
  readonly ms: number;
  readonly calls: number;
};

export type RecordedCall = OutsideCall & OutsideAnswer & { readonly request: string };

export type Cassette = { readonly cases: { readonly [name: string]: CassetteCase } };

export type CassetteCase = {
  /** SHA-256 of the program that was run. */
  readonly workflow: string;
  /** In the order in which they ended. */
  readonly calls: readonly RecordedCall[];
};

const amount = z.number().min(0);
const recordedCall = closed({
  step: text,
  model: text.optional(),
  tool: text.optional(),
  request: text,
  with: z.unknown().optional(),
  gives: z.unknown().optional(),
  error: closed({ code: text, kind: z.enum(['retryable', 'terminal', 'bug']), message: z.string() }).optional(),
  usage: closed({ input_tokens: amount, output_tokens: amount, usd: amount, ms: amount, calls: amount }).optional(),
});

const cassetteSchema = closed({
  telos: z.literal(1),
  cassette: name,
  cases: z.record(name, closed({ workflow: text, calls: z.array(recordedCall) })),
});

/** What a call is found by besides its step: SHA-256 of what it asks, shortened. */
export function requestHash({ kind, name: called, with: given }: OutsideCall): string {
  return hashOf(canonicalJson({ kind, name: called, with: given })).slice(0, 16);
}

export type CassetteResult =
  | { readonly ok: true; readonly cassette: Cassette }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Never throws, whatever the source. The request of a call that was changed by hand is what stands there now. */
export function readCassette(source: string, file: string): CassetteResult {
  const read = readSource(source, file);
  const faults = locatedFaults(read, file);
  const parsed = cassetteSchema.safeParse(read.value, { jitless: true });
  faults.upToEnough(() => {
    for (const fault of schemaFaults((parsed.error?.issues ?? []).slice(0, enoughFaults), read.value))
      faults.report(fault);
    for (const [name, { calls }] of Object.entries(parsed.data?.cases ?? {}))
      for (const [index, { model, tool }] of calls.entries())
        if ((model === undefined) === (tool === undefined))
          faults.report({
            code: 'MISSING_KEY',
            place: ['cases', name, 'calls', index],
            message: 'a call names a `tool` or a `model`, and one of the two',
          });
  });
  const all = faults.list();
  if (parsed.data === undefined || all.length > 0) return { ok: false, faults: all };
  const cases = Object.entries(parsed.data.cases).map(([name, { workflow, calls }]): [string, CassetteCase] => [
    name,
    { workflow, calls: calls.map(callOf) },
  ]);
  return { ok: true, cassette: { cases: Object.fromEntries(cases) } };
}

function callOf({ model, tool, request: _, usage, error, ...call }: z.infer<typeof recordedCall>): RecordedCall {
  const made = {
    step: call.step,
    kind: model === undefined ? ('tool' as const) : ('model' as const),
    name: model ?? tool ?? '',
    // Read from JSON or YAML, so it is JSON.
    with: (call.with ?? null) as Json,
  };
  return {
    ...made,
    request: requestHash(made),
    ...(call.gives === undefined ? {} : { gives: call.gives as Json }),
    ...(error === undefined ? {} : { error }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** The text of a cassette, the same for the same calls. */
export function writeCassette(test: string, { cases }: Cassette): string {
  const written = Object.entries(cases).map(([name, { workflow, calls }]) => [
    name,
    { workflow, calls: calls.map(writtenCall) },
  ]);
  const document = { telos: 1, cassette: test, cases: Object.fromEntries(written) as object };
  return `# What calls gave when they were made. \`telos test --record\` writes it anew; it may be changed by hand.\n${yamlText(document)}`;
}

function writtenCall({ step, kind, name, request, with: given, gives, error, usage }: RecordedCall): object {
  return {
    step,
    [kind]: name,
    request,
    with: given,
    ...(gives === undefined ? {} : { gives }),
    ...(error === undefined ? {} : { error }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** Text in blocks, nothing folded, no anchors: what people read and compare line by line. */
export function yamlText(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal', schema: 'core' });
}
