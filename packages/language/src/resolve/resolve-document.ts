/**
 * From a document to a program, reporting what is wrong on the way.
 *
 * Every part skips what is not of the form it expects (the document schema has
 * reported that), so one fault hides no other. The program is meaningful only
 * when nothing was reported.
 */
import type { CheckUse, Json, Program, Template } from '@telos/core';
import { parseExpression } from '../cel/expression.ts';
import type { ParsedExpression } from '../cel/expression.ts';
import type { CompileOptions } from '../compiled.ts';
import { createSchemas } from '../schemas/create-schemas.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, listField, objectField, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { budgetOf } from './budget.ts';
import { resolveEvaluators } from './checks.ts';
import { connectionKinds, connectionSpecs } from './connections.ts';
import { countedSchemas } from './counted-schemas.ts';
import { checkTemplate } from './expressions.ts';
import type { Report } from './finding.ts';
import { resolveInputs } from './inputs.ts';
import { modelAliases } from './models.ts';
import type { Resolution } from './resolution.ts';
import type { Sight } from './sight.ts';
import { resolveSteps } from './step-list.ts';
import { reportUnsupported } from './unsupported.ts';

export type Resolved = { readonly program: Program; readonly places: ReadonlyMap<string, Place> };

const schemas = createSchemas();

export function resolveDocument(document: Json, options: CompileOptions, report: Report): Resolved {
  reportUnsupported(document, options.subset ?? 'workflow', report);
  const evaluators = new Map<string, CheckUse | undefined>();
  const resolution: Resolution = {
    options,
    report,
    parse: rememberedParse(),
    schemas: countedSchemas(schemas),
    models: modelAliases(document, report),
    evaluators,
    connections: connectionKinds(document, options, report),
    deny: texts(fieldOf(document, 'permissions'), 'deny'),
    inputs: new Set(Object.keys(objectField(document, 'inputs') ?? {})),
    vars: new Set(Object.keys(objectField(document, 'vars') ?? {})),
    requires: { tools: new Set(), checks: new Set(), models: new Set(), secrets: new Set() },
    places: new Map(),
  };
  const beforeSteps: Sight = { names: new Set(), vars: true, secrets: false };
  const inputs = resolveInputs(document, resolution);
  const vars = templates(document, 'vars', { ...beforeSteps, vars: false }, resolution, new Set());
  const tools = connectionSpecs(document, resolution);
  resolveEvaluators(document, { ...beforeSteps, names: new Set(['output']) }, resolution, evaluators);
  const { steps, after } = resolveSteps(
    listField(document, 'steps') ?? [],
    ['steps'],
    { names: new Set(), chain: '' },
    resolution,
  );
  const outputReads = new Set<string>();
  const outputs = templates(document, 'outputs', after, resolution, outputReads);
  const permissions = fieldOf(document, 'permissions');
  const { requires } = resolution;
  const program: Program = defined({
    telos: 1 as const,
    id: textField(document, 'id') ?? '',
    description: textField(document, 'description'),
    inputs,
    vars,
    budget: budgetOf(fieldOf(fieldOf(document, 'limits'), 'budget')),
    tools,
    permissions: {
      allow: texts(permissions, 'allow'),
      ask: texts(permissions, 'ask'),
      deny: texts(permissions, 'deny'),
    },
    evaluators: Object.fromEntries([...evaluators].flatMap(([name, use]) => (use === undefined ? [] : [[name, use]]))),
    steps,
    outputs,
    outputReads: [...outputReads].sort(),
    requires: {
      tools: [...requires.tools].sort(),
      checks: [...requires.checks].sort(),
      models: [...requires.models].sort(),
      secrets: [...requires.secrets].sort(),
    },
  });
  return { program, places: resolution.places };
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

function texts(value: Json | undefined, key: string): readonly string[] {
  return (listField(value, key) ?? []).filter((item) => typeof item === 'string');
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
