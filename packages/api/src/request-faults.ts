/** What does not fit in a request, field by field, in words that say what would. */
import { nearest } from '@telos/language/text';
import { z } from 'zod';

export type RequestFault = { readonly path: string; readonly message: string };

/** An issue of zod as the route's validator hands it on. */
type Refused = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params: object;
};

type Parts = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** @param part Of the request: `body`, `querystring`. @param schema Of that part. */
export function requestFaults(part: string, schema: unknown, refused: readonly Refused[]): readonly RequestFault[] {
  return refused.flatMap(({ keyword, instancePath, message, params }) => {
    const path = instancePath.split('/').filter((piece) => piece !== '');
    // The validator has taken these three out of the issue that it was made of.
    const issue = { ...params, code: keyword, path, message: message ?? 'does not fit' } as unknown as Issue;
    return faultsOf(issue, [part], schema);
  });
}

function faultsOf(issue: Issue, around: Parts, schema: unknown): readonly RequestFault[] {
  const path = [...around, ...issue.path];
  const one = (message: string): readonly RequestFault[] => [{ path: path.join('.'), message }];
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, path.slice(1));
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: unknownField(key, known) }));
  }
  if (issue.code === 'invalid_union') {
    const meant = likeliest(issue.errors);
    return meant === undefined ? one(plain(issue.message)) : meant.flatMap((inner) => faultsOf(inner, path, schema));
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('NaN')) return one(`expected a ${issue.expected}`);
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return one(`is missing: expected ${issue.expected === 'record' ? 'object' : issue.expected}`);
  if (issue.code === 'invalid_format' && issue.format === 'datetime')
    return one('expected an instant with its zone, like 2026-01-31T08:00:00Z');
  if (issue.code === 'too_small' && (issue.origin === 'number' || issue.origin === 'int'))
    return one(`expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`);
  if (issue.code === 'too_big' && (issue.origin === 'number' || issue.origin === 'int'))
    return one(`expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
  return one(plain(issue.message));
}

function unknownField(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== undefined) return `there is no such field; did you mean \`${near}\`?`;
  return known.length === 0 ? 'there is no such field' : `there is no such field; there are ${known.join(', ')}`;
}

/** Of a choice, the alternative that looks deepest into the value, or else at least takes its kind. */
function likeliest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const told = alternatives.filter((issues) => issues.length > 0);
  return (
    told.find((issues) => issues.every(({ path }) => path.length > 0)) ??
    told.find((issues) => issues.every(({ code }) => code !== 'invalid_type')) ??
    told.at(-1)
  );
}

function plain(message: string): string {
  return message.replace(/^Invalid (?:input|option): /, '');
}

/** The fields that a schema names at a place; none where it is not made of fields. */
function fieldsAt(schema: unknown, path: Parts): readonly string[] {
  const here = bare(schema);
  const [part, ...rest] = path;
  if (here instanceof z.ZodObject) {
    return part === undefined ? Object.keys(here.shape) : fieldsAt(here.shape[String(part)], rest);
  }
  if (part === undefined) return [];
  if (here instanceof z.ZodArray) return fieldsAt(here.element, rest);
  return here instanceof z.ZodUnion ? here.options.flatMap((option) => fieldsAt(option, path)) : [];
}

/** A schema without what says that it may be absent, or has a default. */
function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return bare(schema.out);
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable;
  return isWrapped ? bare(schema.unwrap()) : schema;
}
