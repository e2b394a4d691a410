import type { ForeachStep, Json } from '@telos/core';
import { takenNames } from '../../cel/environment.ts';
import { splitTemplate } from '../../cel/template.ts';
import { namePattern } from '../../document/scalars.ts';
import { defined } from '../../text/defined.ts';
import { fieldOf, textField } from '../../text/json-shape.ts';
import { join } from '../../types/join.ts';
import { anyJson, listOf, mapOf, number } from '../../types/type.ts';
import type { Type } from '../../types/type.ts';
import { wordsOf } from '../../types/words.ts';
import { errorType } from '../envelope-types.ts';
import { checkTemplate } from '../expressions.ts';
import { resolvePolicies } from '../policies.ts';
import { namesWith } from '../sight.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { typeOfTemplate } from '../typing.ts';
import { addOuterReads, bodyOf, reportMissing } from './body.ts';

const ownNames: ReadonlySet<string> = new Set([
  'inputs',
  'vars',
  'steps',
  'run',
  'secrets',
  'output',
  'score',
  'scores',
  'error',
  'event',
  'index',
  'state',
  'env',
]);

const itemErrors: readonly ForeachStep['onItemError'][] = ['collect', 'skip', 'fail'];

/** The body sees the item under its name, and `index`, from 0. */
export function resolveForeach(step: Json, site: StepSite): ForeachStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const items = fieldOf(step, 'foreach') ?? [];
  checkTemplate(items, [...place, 'foreach'], sight, resolution, reads);
  if (typeof items === 'string' && !splitTemplate(items).whole) {
    const hint = namePattern.test(items.split('.', 1)[0] ?? '')
      ? `write foreach: \${{ ${items} }}`
      : 'write foreach: ${{ inputs.list }}';
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, 'foreach'],
      message: 'a foreach walks through a list, and this is text',
      hint,
    });
  }
  const as = textField(step, 'as') ?? 'item';
  if (takenNames.has(as) || ownNames.has(as)) {
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, 'as'],
      message: `\`${as}\` already has a meaning in expressions`,
      hint: 'choose another name',
    });
  }
  const walked = typeOfTemplate(items, sight, resolution);
  if (!walked.kinds.has('list')) reportNoList(items, walked, site);
  const item = walked.kinds.has('list') ? (walked.items ?? anyJson) : anyJson;
  const names = namesWith(sight.names, { [as]: { type: item }, index: { type: number } });
  const body = bodyOf(fieldOf(step, 'steps'), [...place, 'steps'], site.chain, names, site);
  if (fieldOf(step, 'steps') === undefined) reportMissing('a foreach needs `steps`', place, site);
  const yieldReads = new Set<string>();
  const given = fieldOf(step, 'yield');
  if (given !== undefined && body !== undefined) {
    checkTemplate(given, [...place, 'yield'], body.after, resolution, yieldReads);
    addOuterReads(reads, yieldReads, body);
  }
  const onItemError = itemErrors.find((policy) => policy === fieldOf(step, 'on_item_error')) ?? 'fail';
  const each = given === undefined || body === undefined ? body?.last : typeOfTemplate(given, body.after, resolution);
  const collected = onItemError === 'collect' ? [mapOf({ error: errorType })] : [];
  const output = listOf(join([each ?? anyJson, ...collected]));
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  const most = fieldOf(step, 'max_parallel');
  return defined({
    kind: 'foreach' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    items,
    as,
    maxParallel: typeof most === 'number' ? most : 8,
    onItemError,
    yield: given,
    yieldReads: [...yieldReads].sort(),
    steps: body?.steps ?? [],
  });
}

/** Of an expression. Anything else that is no list is reported as it is written. */
function reportNoList(items: Json, found: Type, { place, resolution }: StepSite): void {
  const { whole, parts } = splitTemplate(typeof items === 'string' ? items : '');
  const [part] = parts;
  if (!whole || part === undefined || !('expression' in part)) return;
  const piece = part.expression;
  const message = `a foreach walks through a list, and \`${piece}\` is ${wordsOf(found)}`;
  const hint = found.kinds.has('map') ? `for its fields write \${{ ${piece}.map(key, ${piece}[key]) }}` : undefined;
  resolution.report({
    code: 'EXPRESSION_TYPE',
    place: [...place, 'foreach'],
    within: { piece, into: 0 },
    message,
    hint,
  });
}
