/**
 * Every operation of an OpenAPI document, asked with what fits its schemas and with what nearly does: each answer is
 * one that the document tells of, and none is a failure of the server.
 */
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect } from 'vitest';
import { z } from 'zod';

type Schema = { readonly [key: string]: unknown };
const Operation = z.looseObject({
  operationId: z.string(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: z.unknown() }))
    .default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional() }),
  ),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

export type Asking = {
  readonly url: string;
  /** Sent with every request. */
  readonly headers?: { readonly [name: string]: string };
  /** Ids of what is there, so that some requests find something; and texts that fit somewhere. */
  readonly known: readonly string[];
  /** Bodies whose parts must fit each other, and parameters that a schema takes for any text, by operation. */
  readonly examples: { readonly [operation: string]: unknown };
  readonly texts?: { readonly [parameter: string]: readonly string[] };
  /** Of each operation. */
  readonly requests: number;
  /** Whether an operation is asked; absent: all are. */
  readonly isAsked?: (operation: string) => boolean;
};

/** @returns statuses of the answers by operation. */
export async function askEverything(asking: Asking): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const { url, known, examples, requests, headers: always = {}, texts = {}, isAsked = () => true } = asking;
  const document = Document.parse(await (await fetch(`${url}/openapi.json`)).json());
  /** What mostly fits a schema: of the right kind, within its bounds where that is easy. */
  function fitting(given: unknown, depth = 0): Arbitrary<unknown> {
    const schema = resolved(given);
    const several = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as readonly unknown[] | undefined;
    if (several !== undefined) return fc.oneof(...several.map((one) => fitting(one, depth)));
    if ('const' in schema) return fc.constant(schema['const']);
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as readonly unknown[]));
    switch (schema['type']) {
      case 'object': {
        const properties = Object.entries((schema['properties'] ?? {}) as Schema);
        if (properties.length === 0 || depth > 4) return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
        return fc.record(Object.fromEntries(properties.map(([name, one]) => [name, fitting(one, depth + 1)])), {
          requiredKeys: ((schema['required'] ?? []) as readonly string[]).filter((name) =>
            properties.some(([property]) => property === name),
          ),
        });
      }
      case 'array':
        return fc.array(fitting(schema['items'] ?? {}, depth + 1), { maxLength: 4 });
      case 'integer':
        return fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeInteger());
      case 'number':
        return fc.oneof(fc.integer({ min: 0, max: 10 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
      case 'boolean':
        return fc.boolean();
      case 'string':
        return fc.oneof(
          fc.constantFrom(...known),
          fc.string(),
          fc.constantFrom('https://there.example/', '2026-01-01T00:00:00Z'),
        );
      default:
        return fc.jsonValue();
    }
  }

  function resolved(given: unknown): Schema {
    const schema = (given ?? {}) as Schema; // a JSON Schema is an object
    const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
    return name === undefined ? schema : (document.components.schemas[name] as Schema);
  }

  /** What the document says of an answer, as something that checks it. */
  function checkOf(schema: unknown): z.ZodType {
    const text = JSON.stringify({ ...(schema as Schema), $defs: document.components.schemas });
    return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as never);
  }

  const nearly = (fits: Arbitrary<unknown>): Arbitrary<unknown> =>
    fc.oneof({ weight: 5, arbitrary: fits }, { weight: 1, arbitrary: fc.jsonValue() });
  const word = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

  const statuses = new Map<string, Set<number>>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { operationId, parameters, requestBody, responses }] of Object.entries(methods)) {
      if (!isAsked(operationId)) continue;
      const checks = new Map<string, z.ZodType>();
      const seen = new Set<number>();
      statuses.set(operationId, seen);
      const sent = fc.record({
        values: fc.tuple(
          ...parameters.map(({ name, in: place, schema, required = false }) => {
            const given = texts[name];
            const fits =
              place === 'path'
                ? fc.constantFrom(...known)
                : given === undefined
                  ? fitting(schema)
                  : fc.oneof(fc.constantFrom(...given), fitting(schema));
            return place === 'path' || required ? nearly(fits) : fc.option(nearly(fits), { freq: 1, nil: undefined });
          }),
        ),
        body: fc.oneof(
          nearly(fitting(requestBody?.content['application/json']?.schema)),
          ...(operationId in examples ? [fc.constant(examples[operationId])] : []),
        ),
      });
      await fc.assert(
        fc.asyncProperty(sent, async ({ values, body }) => {
          const query = new URLSearchParams();
          const headers: Record<string, string> = { ...always };
          let address = path;
          for (const [index, { name, in: place }] of parameters.entries()) {
            const value = values[index];
            if (value === undefined) continue;
            if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(word(value)) || '-');
            else if (place === 'query') query.set(name, word(value));
            // A wait of a minute says nothing more than one of none; and no client sends other letters.
            else if (name !== 'prefer' && name !== 'accept')
              headers[name] = word(value)
                .replaceAll(/[^\x20-\x7e]/g, '')
                .trim();
          }
          if (requestBody !== undefined) headers['content-type'] = 'application/json';
          const answer = await fetch(`${url}${address}?${query.toString()}`, {
            method: method.toUpperCase(),
            headers,
            ...(requestBody === undefined ? {} : { body: JSON.stringify(body) }),
          });
          const text = await answer.text();
          const what = `${method} ${address}?${query.toString()} ${JSON.stringify(body)} -> ${answer.status} ${text}`;
          seen.add(answer.status);
          expect(answer.status, what).toBeLessThan(500);
          const status = String(answer.status);
          const said = responses[status] ?? (answer.status >= 400 ? responses['default'] : undefined);
          expect(said, what).toBeDefined();
          const schema = said?.content?.['application/json']?.schema;
          if (schema === undefined || !(answer.headers.get('content-type') ?? '').includes('json')) return;
          if (!checks.has(status)) checks.set(status, checkOf(schema));
          const read = checks.get(status)?.safeParse(JSON.parse(text));
          expect(read?.error?.issues ?? [], what).toEqual([]);
        }),
        { numRuns: requests },
      );
    }
  }
  return statuses;
}
