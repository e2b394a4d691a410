/**
 * From a document to a program, reporting what is wrong on the way.
 *
 * Every part skips what is not of the form it expects (the document schema has
 * reported that), so one fault hides no other. The program is meaningful only
 * when nothing was reported.
 */
import type { CheckUse, ConnectionSpec, InputSpec, Json, Program, Requirements, Template } from '@telos/core';
import { parseExpression } from '../cel/expression.ts';
import type { ParsedExpression } from '../cel/expression.ts';
import type { CompileOptions } from '../compiled.ts';
import { createSchemas } from '../schemas/create-schemas.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, listField, objectField, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { typeOfJsonSchema } from '../types/of-json-schema.ts';
import { join } from '../types/join.ts';
import { anyJson, nothing } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { resolveCheck, resolveEvaluators, resolveJudge, toldApart } from './checks.ts';
import { connectionKinds, connectionSpecs } from './connections.ts';
import { countedSchemas } from './counted-schemas.ts';
import { acceptedServers, servedKind, withNamedTools } from './served.ts';
import type { AcceptedServer } from './served.ts';
import { checkTemplate } from './expressions.ts';
import type { Finding, Report } from './finding.ts';
import { resolveCatch, resolveFinally } from './handlers.ts';
import { resolveInputs } from './inputs.ts';
import { resolveConcurrency, runBudget } from './limits.ts';
import { modelAliases } from './models.ts';
import { checkPermissions, permissionsOf } from './permissions.ts';
import { resolveObjectives } from './objectives.ts';
import type { Resolution } from './resolution.ts';
import { afterAll, beforeSteps, noNames, withNames } from './sight.ts';
import type { Sight } from './sight.ts';
import { handledIn } from './step-ids.ts';
import { resolveRunRails } from './rails.ts';
import { resolveSteps } from './step-list.ts';
import { railsReplace } from './step-types.ts';
import { resolveTriggers } from './triggers/triggers.ts';
import { typeOfTemplate } from './typing.ts';
import { reportUnsupported } from './unsupported.ts';

export type Resolved = {
  readonly program: Program;
  readonly places: ReadonlyMap<string, Place>;
  /** What a person should know of expressions that may work. */
  readonly warnings: readonly Finding[];
  /** What the workflow gives. */
  readonly gives: Type;
};

const schemas = createSchemas();

export function resolveDocument(document: Json, options: CompileOptions, report: Report): Resolved {
  reportUnsupported(document, options.subset ?? 'workflow', report);
  const evaluators = new Map<string, CheckUse | undefined>();
  const specs = new Map<string, ConnectionSpec>();
  const warnings: Finding[] = [];
  const kinds = connectionKinds(document, options, report);
  const accepted = acceptedServers(document, kinds, options, report);
  const resolution = resolutionOf(document, options, report, {
    evaluators,
    specs,
    kinds,
    accepted,
    warn: (finding) => warnings.push(finding),
  });
  const inputs = resolveInputs(document, resolution);
  const areReplaced = railsReplace(fieldOf(document, 'rails'), 'input');
  for (const [name, spec] of Object.entries(inputs))
    resolution.types.inputs.set(name, areReplaced ? anyJson : typeOfInput(spec));
  const beforeVars: Sight = { ...beforeSteps, roots: ['inputs', 'run'] };
  const vars = templates(document, 'vars', beforeVars, resolution, new Set());
  for (const [name, value] of Object.entries(vars))
    resolution.types.vars.set(name, typeOfTemplate(value, beforeVars, resolution));
  const tools = connectionSpecs(document, resolution);
  for (const [name, spec] of Object.entries(tools)) specs.set(name, spec);
  resolveEvaluators(document, withNames(beforeSteps, { output: { type: anyJson } }), resolution, evaluators);
  const { steps, after } = resolveSteps(
    listField(document, 'steps') ?? [],
    ['steps'],
    { names: noNames, chain: '', handled: handledIn(document) },
    resolution,
  );
  const own = after.from?.list;
  const handlers = {
    catch: resolveCatch(document, own, resolution),
    finally: resolveFinally(document, own, resolution),
  };
  const outputReads = new Set<string>();
  const outputs = templates(document, 'outputs', after, resolution, outputReads);
  checkPermissions(document, report);
  const program: Program = defined({
    telos: 1 as const,
    id: resolution.id,
    description: textField(document, 'description'),
    inputs,
    vars,
    budget: runBudget(document, resolution),
    tools: Object.fromEntries(
      Object.entries(tools).map(([name, spec]) => [
        name,
        withNamedTools(spec, accepted.get(name), resolution.requires.served.get(name) ?? new Set()),
      ]),
    ),
    permissions: permissionsOf(document),
    rails: resolveRunRails(document, after, resolution, outputReads),
    restores: resolution.restores.isUsed ? (true as const) : undefined,
    evaluators: Object.fromEntries([...evaluators].flatMap(([name, use]) => (use === undefined ? [] : [[name, use]]))),
    concurrency: resolveConcurrency(document, resolution),
    triggers: resolveTriggers(document, inputs, resolution),
    steps,
    ...handlers,
    outputs,
    objectives: resolveObjectives(document, after, resolution),
    outputReads: [...outputReads].sort(),
    requires: requirements(resolution),
  });
  const gives = railsReplace(fieldOf(document, 'rails'), 'output')
    ? anyJson
    : typeOfTemplate(outputs, after, resolution);
  return { program, places: resolution.places, warnings, gives };
}

/** Checks definitions that workflows share, as a document that holds nothing else. */
export function resolveShared(document: Json, options: CompileOptions, report: Report): void {
  const evaluators = new Map<string, CheckUse | undefined>();
  const kinds = connectionKinds(document, options, report);
  // Whether a server is known is the affair of workflows that use it.
  const found = { evaluators, specs: new Map<string, ConnectionSpec>(), kinds, accepted: new Map(), warn: () => {} };
  const resolution = resolutionOf(document, options, report, found);
  connectionSpecs(document, resolution);
  resolveEvaluators(document, withNames(beforeSteps, { output: { type: anyJson } }), resolution, evaluators);
}

/** What runs are judged by outside any workflow, and what asking it needs. */
export type Judging = { readonly checks: readonly CheckUse[]; readonly requires: Requirements };

/**
 * Reads `subject`, `checks` and `judge` of a document that has no steps, as a gate has them, the judge last. In scope are `output`,
 * `inputs` and `names`.
 *
 * @param document Its `inputs` are those of the runs that are judged.
 * @param steps Ids of steps that are in scope besides, of whose outputs nothing is known.
 */
export function resolveJudging(
  document: Json,
  names: readonly string[],
  options: CompileOptions,
  report: Report,
  steps?: readonly string[],
): Judging {
  const evaluators = new Map<string, CheckUse | undefined>();
  const found = { evaluators, specs: new Map<string, ConnectionSpec>(), kinds: new Map(), accepted: new Map() };
  const resolution = resolutionOf(document, options, report, { ...found, warn: () => {} });
  for (const name of resolution.inputs) resolution.types.inputs.set(name, anyJson);
  const known = ['output', ...names].map((name) => [name, { type: anyJson }] as const);
  const base = { names: noNames, roots: ['inputs'], secrets: false } as const;
  const seen = steps === undefined ? base : { ...base, from: afterAll(steps) };
  const sight = withNames(seen, Object.fromEntries(known));
  resolveEvaluators(document, sight, resolution, evaluators);
  const where = { sight, resolution, reads: new Set<string>() };
  checkTemplate(fieldOf(document, 'subject') ?? null, ['subject'], sight, resolution, where.reads);
  const checks = (listField(document, 'checks') ?? []).flatMap(
    (check, index) => resolveCheck(check, ['checks', index], where) ?? [],
  );
  const judge = resolveJudge(fieldOf(document, 'judge'), ['judge'], where);
  return {
    checks: toldApart(judge === undefined ? checks : [...checks, judge]),
    requires: requirements(resolution),
  };
}

function resolutionOf(
  document: Json,
  options: CompileOptions,
  report: Report,
  {
    evaluators,
    specs,
    kinds,
    accepted,
    warn,
  }: {
    readonly evaluators: Resolution['evaluators'];
    readonly specs: Resolution['connectionSpecs'];
    readonly kinds: ReadonlyMap<string, string | undefined>;
    readonly accepted: ReadonlyMap<string, AcceptedServer>;
    readonly warn: Report;
  },
): Resolution {
  const permissions = permissionsOf(document);
  const given = options.permissions ?? { ask: [], deny: [] };
  return {
    options,
    id: textField(document, 'id') ?? '',
    report,
    warn,
    parse: rememberedParse(),
    schemas: countedSchemas(schemas),
    models: modelAliases(document, report),
    evaluators,
    // Of a server about which nothing is known, nothing can be said of its tools.
    connections: new Map([...kinds].map(([name, kind]) => [name, isUnknown(name, kind, accepted) ? undefined : kind])),
    accepted,
    connectionSpecs: specs,
    deny: [...given.deny, ...permissions.deny],
    ask: [...given.ask, ...permissions.ask],
    inputs: new Set(Object.keys(objectField(document, 'inputs') ?? {})),
    vars: new Set(Object.keys(objectField(document, 'vars') ?? {})),
    types: { inputs: new Map(), vars: new Map() },
    requires: {
      tools: new Set(),
      served: new Map(),
      checks: new Set(),
      models: new Set(),
      secrets: new Set(),
      workflows: new Set(),
    },
    restores: { isUsed: false },
    places: new Map(),
  };
}

function isUnknown(name: string, kind: string | undefined, accepted: ReadonlyMap<string, AcceptedServer>): boolean {
  return kind === servedKind && !accepted.has(name);
}

/** What nobody gives, and need not give, is null. */
function typeOfInput({ schema, required, default: standard }: InputSpec): Type {
  const given = typeOfJsonSchema(schema);
  return required || standard !== undefined ? given : join([given, nothing]);
}

function requirements({ requires }: Resolution): Requirements {
  const sorted = (names: ReadonlySet<string>): readonly string[] => [...names].sort();
  return defined({
    tools: sorted(requires.tools),
    checks: sorted(requires.checks),
    models: sorted(requires.models),
    secrets: sorted(requires.secrets),
    workflows: requires.workflows.size === 0 ? undefined : sorted(requires.workflows),
  });
}

function templates(
  document: Json,
  key: 'vars' | 'outputs',
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): { readonly [name: string]: Template } {
  const written = objectField(document, key) ?? {};
  checkTemplate(written, [key], sight, resolution, reads);
  return written;
}

function rememberedParse(): (source: string) => ParsedExpression {
  const parsed = new Map<string, ParsedExpression>();
  return (source) => {
    const known = parsed.get(source);
    if (known !== undefined) return known;
    const made = parseExpression(source);
    parsed.set(source, made);
    return made;
  };
}
