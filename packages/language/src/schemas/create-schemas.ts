/**
 * JSON Schema (draft 2020-12) validation behind core's port.
 *
 * Plain schemas are judged at once; for others ajv is loaded when first needed.
 * Schemas come from workflows, plans and models, so their size and depth are
 * bounded before they are compiled, and patterns run in linear time.
 */
import { createRequire } from 'node:module';
import { canonicalJson, TelosError } from '@telos/core';
import type { Json, JsonSchema, SchemaIssue, Schemas } from '@telos/core';
import type * as ajvPackage from 'ajv/dist/2020.js';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { linearPattern } from '../cel/linear-pattern.ts';
import { isObject } from '../text/json-shape.ts';
import { isPlainSchema, plainIssues } from './plain-schema.ts';

/** The largest schema that is compiled. */
export const schemaLimits = { characters: 200_000, depth: 40, values: 10_000 } as const;

const remembered = 500;
const load = createRequire(import.meta.url);

type Judge = (value: Json) => readonly SchemaIssue[];

export function createSchemas(): Schemas {
  let ajv: Ajv2020 | undefined;
  const byObject = new WeakMap<object, Judge>();
  const byText = new Map<string, Judge>();

  function judgeOf(schema: JsonSchema): Judge {
    if (isPlainSchema(schema)) return (value) => plainIssues(schema, value);
    assertBounded(schema);
    const text = canonicalJson(schema);
    const known = byText.get(text);
    if (known !== undefined) return known;
    ajv ??= createAjv();
    const validate = compileSchema(ajv, schema);
    const judge: Judge = (value) => issuesOf(validate, value);
    if (byText.size >= remembered) byText.clear();
    byText.set(text, judge);
    return judge;
  }

  return {
    issues(schema, value) {
      let judge = byObject.get(schema);
      if (judge === undefined) byObject.set(schema, (judge = judgeOf(schema)));
      return judge(value);
    },
  };
}

function createAjv(): Ajv2020 {
  const { Ajv2020 } = load('ajv/dist/2020.js') as typeof ajvPackage; // the package's own declarations
  // ajv tells patterns apart by their text
  const engine = (pattern: string) => ({ ...linearPattern(pattern), toString: () => `/${pattern}/` });
  const regExp = Object.assign(engine, { code: 'linearPattern' });
  return new Ajv2020({
    allErrors: true,
    strict: false,
    validateFormats: false,
    logger: false,
    code: { regExp },
  });
}

function compileSchema(ajv: Ajv2020, schema: JsonSchema): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error), error);
  } finally {
    // forget the schema and its `$id`, so that another may use the same one
    ajv.removeSchema(schema);
    if (typeof schema['$id'] === 'string') ajv.removeSchema(schema['$id']);
  }
}

function issuesOf(validate: ValidateFunction, value: Json): readonly SchemaIssue[] {
  try {
    if (validate(value)) return [];
  } catch (error) {
    throw invalid(error instanceof RangeError ? 'it refers to itself without end' : String(error), error);
  }
  return (validate.errors ?? []).map((error) => ({ path: pathOf(error.instancePath), message: messageOf(error) }));
}

function messageOf(error: ErrorObject): string {
  // ajv's parameters differ by keyword; each is read as what its documentation says
  const params: { readonly [key: string]: unknown } = error.params;
  switch (error.keyword) {
    case 'type':
      return `expected ${String(params['type'])}`;
    case 'required':
      return `the field \`${String(params['missingProperty'])}\` is missing`;
    case 'additionalProperties':
      return `the field \`${String(params['additionalProperty'])}\` is not known`;
    case 'enum':
      return `expected one of ${JSON.stringify(params['allowedValues']).slice(1, -1)}`;
    default:
      return error.message ?? `it does not fit \`${error.keyword}\``;
  }
}

/** `/citations/2/url` becomes `citations[2].url`. */
function pathOf(pointer: string): string {
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(key)) path += `[${key}]`;
    else path += path === '' ? key : `.${key}`;
  }
  return path;
}

/** @throws TelosError SCHEMA_INVALID */
function assertBounded(schema: JsonSchema): void {
  let values = 0;
  const visit = (value: Json, depth: number): void => {
    if (depth > schemaLimits.depth) throw invalid(`it is nested more than ${schemaLimits.depth} deep`);
    if (++values > schemaLimits.values) throw invalid(`it holds more than ${schemaLimits.values} values`);
    if (typeof value !== 'object' || value === null) return;
    if (isObject(value) && Object.hasOwn(value, '$async')) throw invalid('`$async` is not part of JSON Schema');
    for (const item of Object.values(value)) visit(item, depth + 1);
  };
  visit(schema, 0);
  const { length } = JSON.stringify(schema);
  if (length > schemaLimits.characters) throw invalid(`it has more than ${schemaLimits.characters} characters`);
}

function invalid(reason: string, cause?: unknown): TelosError {
  return new TelosError('SCHEMA_INVALID', `the schema cannot be used: ${reason}`, cause === undefined ? {} : { cause });
}
