import { TelosError } from '@telos/core';
import type { Condition, Json, Program, Template } from '@telos/core';
import { compileTemplate, createExpressionCache, evaluate } from './cel/compiled-template.ts';
import type { Rendering } from './cel/compiled-template.ts';
import { mayHoldExpression } from './cel/template.ts';
import { completeInputs } from './complete-inputs.ts';
import type { Linked, Scope } from './linked.ts';
import { createSchemas } from './schemas/create-schemas.ts';
import { kindOf } from './text/json-shape.ts';

export type LinkOptions = {
  /** Milliseconds since the epoch; what `now()` gives. Default the machine's clock. */
  readonly now?: () => number;
};

/**
 * Makes a program's expressions ready. Each is parsed when first needed and
 * kept; templates are kept by identity, so render the program's own objects,
 * not copies.
 */
export function link(program: Program, options: LinkOptions = {}): Linked {
  const now = options.now ?? Date.now;
  const expressions = createExpressionCache();
  const texts = new Map<string, Rendering | null>();
  const objects = new WeakMap<object, Rendering | null>();
  const schemas = createSchemas();

  function renderingOf(template: Template): Rendering | null {
    if (typeof template === 'string') {
      if (!mayHoldExpression(template)) return null;
      return remember(
        texts.get(template),
        () => compileTemplate(template, expressions) ?? null,
        (made) => texts.set(template, made),
      );
    }
    if (typeof template !== 'object' || template === null) return null;
    return remember(
      objects.get(template),
      () => compileTemplate(template, expressions) ?? null,
      (made) => objects.set(template, made),
    );
  }

  return {
    program,
    render(template: Template, scope: Scope): Json {
      const rendering = renderingOf(template);
      return rendering === null ? template : rendering(scope, now);
    },
    test(condition: Condition, scope: Scope): boolean {
      const value = evaluate(expressions(condition), scope, now);
      if (typeof value === 'boolean') return value;
      throw new TelosError(
        'EXPRESSION_FAILED',
        `\`${condition}\`: the result must be true or false, and is ${kindOf(value)}`,
        {
          details: { expression: condition },
        },
      );
    },
    inputs: (given) => completeInputs(program.inputs, given, schemas),
  };
}

function remember<T>(known: T | undefined, make: () => T, keep: (made: T) => void): T {
  if (known !== undefined) return known;
  const made = make();
  keep(made);
  return made;
}
