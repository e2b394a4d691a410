import { deepestValue, isWithinDepth, TelosError } from '@telos/core';
import type { InputSpec, Json, Schemas } from '@telos/core';
import { suggestion } from './text/nearest.ts';

type Inputs = { readonly [name: string]: Json };

/**
 * Applies defaults and checks inputs against their schemas. An input that is
 * neither given nor required nor has a default is null.
 *
 * @returns Every declared input, in the program's order.
 * @throws TelosError INPUT_INVALID with every problem in `details.problems`, each `{ input, path, message }`.
 */
export function completeInputs(specs: { readonly [name: string]: InputSpec }, given: Inputs, schemas: Schemas): Inputs {
  const problems: { input: string; path: string; message: string }[] = [];
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(specs, name)) continue;
    const hint = suggestion(name, Object.keys(specs));
    problems.push({ input: name, path: '', message: `there is no such input${hint === undefined ? '' : `; ${hint}`}` });
  }
  const complete = Object.entries(specs).map(([name, spec]) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (spec.default === undefined && spec.required)
        problems.push({ input: name, path: '', message: 'it is required and was not given' });
      return [name, spec.default ?? null] as const;
    }
    if (isWithinDepth(value)) {
      for (const issue of schemas.issues(spec.schema, value)) problems.push({ input: name, ...issue });
    } else problems.push({ input: name, path: '', message: `it is nested more than ${deepestValue} levels deep` });
    return [name, value] as const;
  });
  if (problems.length === 0) return Object.fromEntries(complete);
  const lines = problems.map(({ input, path, message }) => `${input}${path === '' ? '' : ` at ${path}`}: ${message}`);
  throw new TelosError('INPUT_INVALID', lines.join('; '), { details: { problems } });
}
