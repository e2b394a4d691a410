/** Checks templates and conditions where they stand, and notes which steps they read. */
import type { Condition, Json, Template } from '@telos/core';
import { globalFunctions } from '../cel/environment.ts';
import type { Reference } from '../cel/references.ts';
import { splitTemplate, mayHoldExpression } from '../cel/template.ts';
import { isList, isObject } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { isNever } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { wordsOf } from '../types/words.ts';
import { checkReference, rootsOf } from './references.ts';
import type { Resolution } from './resolution.ts';
import type { Sight } from './sight.ts';
import { inferred } from './typing.ts';

/** Whether any text in a value holds an expression. */
export function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return mayHoldExpression(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((item) => holdsExpression(item));
}

/** Checks every expression in a template. Returns the template. */
export function checkTemplate(
  template: Template,
  place: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): Template {
  if (typeof template === 'string') {
    if (mayHoldExpression(template)) checkText(template, place, sight, resolution, reads);
    if (template.includes('{{')) doubtBraces(template, place, sight, resolution);
  } else if (isList(template)) {
    for (const [index, item] of template.entries()) checkTemplate(item, [...place, index], sight, resolution, reads);
  } else if (isObject(template)) {
    for (const [key, item] of Object.entries(template)) checkTemplate(item, [...place, key], sight, resolution, reads);
  }
  return template;
}

/** Checks bare CEL that must give true or false. Undefined when there is none, or none that could be one. */
export function checkCondition(
  value: Json | undefined,
  place: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): Condition | undefined {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value === '') return undefined;
  const written = splitTemplate(value);
  const [part] = written.parts;
  if (mayHoldExpression(value)) {
    const bare = written.whole && part !== undefined && 'expression' in part ? part.expression : undefined;
    resolution.report({
      code: 'EXPRESSION_SYNTAX',
      place,
      message: 'a condition is bare CEL, without `${{ }}`',
      hint: bare === undefined ? 'leave out the braces' : `write: ${bare}`,
    });
    return undefined;
  }
  const type = checkExpression(value.trim(), place, sight, resolution, reads);
  if (type !== undefined && !isNever(type) && !type.kinds.has('bool')) {
    resolution.report({
      code: 'NOT_BOOLEAN',
      place,
      message: `a condition must be true or false, and this is ${wordsOf(type)}`,
      hint: 'write a comparison, such as `size(x) > 0` or `x == "yes"`',
    });
  }
  return value.trim();
}

function checkText(text: string, place: Place, sight: Sight, resolution: Resolution, reads: Set<string>): void {
  const { parts, unclosed } = splitTemplate(text);
  for (const part of parts) if ('expression' in part) checkExpression(part.expression, place, sight, resolution, reads);
  if (unclosed === undefined) return;
  resolution.report({
    code: 'EXPRESSION_SYNTAX',
    place,
    message: '`${{` is never closed by `}}`',
    within: { piece: text.slice(unclosed).split('\n', 1)[0] ?? '', into: 0 },
  });
}

/** Braces without a `$`, around a name that is known here, would go on as the text they are. */
function doubtBraces(text: string, place: Place, sight: Sight, resolution: Resolution): void {
  for (const found of text.matchAll(/(?<!\$)\{\{\s*(?<path>(?<root>[a-z_]\w*)[.[][^{}\n]*?)\s*\}\}/g)) {
    const { path = '', root = '' } = found.groups ?? {};
    if (!rootsOf(sight).includes(root)) continue;
    resolution.warn({
      code: 'EXPRESSION_SYNTAX',
      place,
      within: { piece: found[0], into: 0 },
      message: `\`${found[0]}\` is no expression without a \`$\`, and stays as it is written`,
      hint: `write \${{ ${path} }}`,
    });
    return;
  }
}

/** Every name that a bare expression reads. */
export function referencesIn(source: string, resolution: Resolution): readonly Reference[] {
  const parsed = resolution.parse(source.trim());
  return parsed.ok ? parsed.expression.references : parsed.references;
}

/** The type that the expression gives; undefined when it cannot be parsed. */
function checkExpression(
  source: string,
  place: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): Type | undefined {
  const parsed = resolution.parse(source);
  for (const reference of referencesIn(source, resolution)) {
    const finding = checkReference(reference, sight, resolution, reads);
    if (finding !== undefined)
      resolution.report({ ...finding, place, within: { piece: source, into: reference.offset } });
  }
  if (parsed.ok) return checkTypes(source, place, sight, resolution);
  const { kind, message, offset, name } = parsed.problem;
  const within = { piece: source, into: offset };
  if (kind === 'function') {
    const known = globalFunctions.includes(name ?? '');
    const near = sizeWords.has(name ?? '') ? 'did you mean `size`?' : suggestion(name ?? '', globalFunctions);
    const hint = known ? `\`${name}\` takes other values` : (near ?? noFunctionHint);
    resolution.report({ code: 'UNKNOWN_NAME', place, within, message, hint });
  } else {
    const missing = message.startsWith('there is no function') ? noFunctionHint : undefined;
    const hint = kind === 'syntax' ? syntaxHint(source) : missing;
    resolution.report({
      code: kind === 'syntax' ? 'EXPRESSION_SYNTAX' : 'EXPRESSION_TYPE',
      place,
      within,
      message,
      hint,
    });
  }
  return undefined;
}

/** What fails whatever the values are is a fault; what fails only when it is reached is worth a word. */
function checkTypes(source: string, place: Place, sight: Sight, resolution: Resolution): Type | undefined {
  const found = inferred(source, sight, resolution);
  const isRefused = found !== undefined && isNever(found.type);
  for (const { offset, message, hint, what } of found?.troubles ?? []) {
    const finding = { code: 'EXPRESSION_TYPE' as const, place, within: { piece: source, into: offset }, hint };
    if (what === 'odd') resolution.warn({ ...finding, message });
    else if (isRefused) resolution.report({ ...finding, message });
    else resolution.warn({ ...finding, message: `${message}: this fails whenever it is reached` });
  }
  return found?.type;
}

/** What `size` is called elsewhere, and what is near to another name by chance. */
const sizeWords: ReadonlySet<string> = new Set(['len', 'length', 'count']);

const noFunctionHint = 'what CEL does not offer belongs into `script.js`';

/** The usual mistakes of people who think in another language. */
function syntaxHint(source: string): string | undefined {
  if (/===|!==/.test(source)) return 'CEL compares with `==` and `!=`';
  if (/\?\./.test(source)) return 'CEL has no `?.`; write has(x.y) ? x.y : ...';
  if (/\?\?/.test(source)) return 'CEL has no `??`; write has(x.y) ? x.y : ...';
  if (/\band\b|\bor\b|\bnot\b/.test(source)) return 'CEL writes `&&`, `||` and `!`';
  if (/=>/.test(source)) return 'CEL has no functions of its own; write list.map(x, ...)';
  if (/(?:^|[^=!<>])=(?!=)/.test(source)) return 'CEL compares with `==`';
  return undefined;
}
