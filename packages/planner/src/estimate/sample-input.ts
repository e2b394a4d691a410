import type { Json, JsonObject, Program, Template } from '@telos/core';
import { link } from '@telos/language';
import { isList, isObject } from '@telos/language/text';

/** In characters: what stands in place of a value that only a run gives. About 500 tokens, and 50. */
const longValue = 2000;
const shortValue = 200;

export type Sample = {
  readonly value: Json;
  /** Whether values of earlier steps, or inputs without a default, were stood in for. */
  readonly standsIn: boolean;
};

/**
 * Renders templates before there is a run: from the inputs' defaults where that is enough, else with text of the usual length.
 *
 * @param given Inputs that are known, or stand in: they go before defaults.
 */
export function createSampling(program: Program, given: JsonObject = {}): (template: Template) => Sample {
  const linked = link(program);
  const defaults = Object.fromEntries(
    Object.entries(program.inputs).flatMap(([name, spec]) =>
      spec.default === undefined ? [] : [[name, spec.default]],
    ),
  );
  const inputs = { ...defaults, ...given };

  function known(template: Template): Json | undefined {
    try {
      return linked.render(template, { inputs });
    } catch {
      return undefined;
    }
  }

  return function sample(template: Template): Sample {
    const rendered = known(template);
    if (rendered !== undefined) return { value: rendered, standsIn: false };
    if (typeof template === 'string') return { value: stoodIn(template), standsIn: true };
    if (isList(template)) {
      const items = template.map(sample);
      return { value: items.map(({ value }) => value), standsIn: items.some(({ standsIn }) => standsIn) };
    }
    if (isObject(template)) {
      const fields = Object.entries(template).map(([key, field]) => [key, sample(field)] as const);
      return {
        value: Object.fromEntries(fields.map(([key, { value }]) => [key, value])),
        standsIn: fields.some(([, { standsIn }]) => standsIn),
      };
    }
    return { value: template, standsIn: false };
  };
}

/** The text with each expression in it replaced: what steps give is long, the rest short. */
function stoodIn(text: string): string {
  return text.replace(/\$\{\{([^]*?)\}\}/g, (_, expression: string) =>
    'x'.repeat(/\bsteps\b|\bstate\b/.test(expression) ? longValue : shortValue),
  );
}
