import { TelosError, unlabelled } from '@telos/core';
import type { Condition, Json, Labelling, Program, Template } from '@telos/core';
import { compileTemplate, createExpressionCache, evaluate } from './cel/compiled-template.ts';
import type { Rendering } from './cel/compiled-template.ts';
import { mayHoldExpression } from './cel/template.ts';
import { completeInputs } from './complete-inputs.ts';
import { flowOf, flowOfCondition } from './labels/flow.ts';
import type { Flow, LabellingAt } from './labels/flow.ts';
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
  const schemas = createSchemas();
  const renderingOf = keptByTemplate<Rendering>((template) => compileTemplate(template, expressions));
  const flowIn = keptByTemplate<Flow>((template) => flowOf(template, expressions));

  return {
    program,
    render(template: Template, scope: Scope): Json {
      const rendering = renderingOf(template);
      return rendering === null ? template : rendering(scope, now);
    },
    labelling(template: Template, at: LabellingAt): Labelling {
      const flow = flowIn(template);
      return flow === null ? unlabelled : flow(at);
    },
    labellingOfTest: (condition, at) => flowOfCondition(condition, expressions)(at),
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

/** Makes something of each template once: null where there is nothing to make of it. */
function keptByTemplate<T>(make: (template: Template) => T | undefined): (template: Template) => T | null {
  const texts = new Map<string, T | null>();
  const objects = new WeakMap<object, T | null>();
  return (template) => {
    if (typeof template === 'string') {
      if (!mayHoldExpression(template)) return null;
      const known = texts.get(template);
      if (known !== undefined) return known;
      const made = make(template) ?? null;
      texts.set(template, made);
      return made;
    }
    if (typeof template !== 'object' || template === null) return null;
    const known = objects.get(template);
    if (known !== undefined) return known;
    const made = make(template) ?? null;
    objects.set(template, made);
    return made;
  };
}
