/**
 * Blocks that are made of others. `map_reduce` and `best_of` become a switch of one case, whose steps do what the block
 * says: nothing else has to be known of them to run, resume, bound, label and show them. What is wrong with such a step
 * is told where it was written.
 */
import type { Json, SwitchStep } from '@telos/core';
import { splitTemplate } from '../../cel/template.ts';
import { defined } from '../../text/defined.ts';
import { fieldOf, isList, isObject, textField } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import type { Resolution } from '../resolution.ts';
import type { StepSite } from '../step-site.ts';
import { resolveSwitch } from './switch.ts';

/** Where something of the n-th step of the made list was written. */
type Home = (index: number, rest: Place) => Place;

/** `map` sees `item`, or `batch` where there are batches; `reduce` sees what they gave as `steps.map.output`. */
export function resolveMapReduce(step: Json, site: StepSite): SwitchStep | undefined {
  const place = [...site.place, 'map_reduce'];
  const block = fieldOf(step, 'map_reduce') ?? null;
  const batch = fieldOf(block, 'batch');
  const items = itemsOf(fieldOf(block, 'over') ?? [], typeof batch === 'number' ? batch : undefined);
  const { map, reduce } = { map: fieldOf(block, 'map'), reduce: fieldOf(block, 'reduce') };
  // What is missing is told by the schema of the document.
  if (!isList(map) || !isList(reduce)) return undefined;
  if (items === undefined) {
    const message = 'a map_reduce walks through a list, and this is text';
    const hint = 'write over: ${{ inputs.list }}';
    site.resolution.report({ code: 'INVALID_VALUE', place: [...place, 'over'], message, hint });
    return undefined;
  }
  const mapping = defined({
    id: 'map',
    foreach: items,
    as: batch === undefined ? 'item' : 'batch',
    max_parallel: fieldOf(block, 'max_parallel'),
    on_item_error: fieldOf(block, 'on_item_error'),
    steps: map,
  });
  return composed('map_reduce', step, site, [mapping, ...reduce], (index, [first, ...rest]) => {
    if (index > 0) return [...place, 'reduce', index - 1, ...(first === undefined ? [] : [first, ...rest])];
    if (first === 'steps') return [...place, 'map', ...rest];
    return first === 'foreach' ? [...place, 'over'] : place;
  });
}

/** Lists of at most `batch` items; undefined for text that is no list. */
function itemsOf(over: Json, batch: number | undefined): Json | undefined {
  if (isList(over)) {
    if (batch === undefined) return over;
    return Array.from({ length: Math.ceil(over.length / batch) }, (_, n) => over.slice(n * batch, (n + 1) * batch));
  }
  const { whole, parts } = splitTemplate(typeof over === 'string' ? over : '');
  const [part] = parts;
  if (!whole || part === undefined || !('expression' in part)) return undefined;
  return batch === undefined ? over : `\${{ batches(${part.expression}, ${batch}) }}`;
}

/** The score that the gate of its last step gives tells which candidate is the best. */
export function resolveBestOf(step: Json, site: StepSite): SwitchStep | undefined {
  const place = [...site.place, 'best_of'];
  const block = fieldOf(step, 'best_of') ?? null;
  const written = fieldOf(block, 'steps');
  const n = fieldOf(block, 'n');
  if (!isList(written) || typeof n !== 'number') return undefined;
  const last = written.at(-1);
  const id = textField(last ?? null, 'id');
  if (!isObject(last) || id === undefined) return undefined;
  const judge = fieldOf(block, 'judge');
  const hasGate = fieldOf(last, 'gate') !== undefined;
  if (hasGate === (judge !== undefined)) {
    site.resolution.report({
      code: hasGate ? 'INVALID_VALUE' : 'MISSING_KEY',
      place: hasGate ? [...place, 'judge'] : place,
      message: hasGate
        ? `the gate of \`${id}\` judges the candidates already`
        : 'a best_of needs to know which candidate is the best',
      hint: hasGate ? 'leave `judge` out, or the gate' : `write judge: <an evaluator>, or give \`${id}\` a gate`,
    });
    return undefined;
  }
  // A candidate that scores low is still a candidate.
  const judged = judge === undefined ? last : { ...last, gate: { judge, pass: 'true' } };
  // Beside `steps.<id>` of the steps around, which the candidates may read.
  const made = `${site.id}_candidates`;
  const candidates = defined({
    id: made,
    foreach: Array.from({ length: n }, (_, index) => index + 1),
    as: 'candidate',
    max_parallel: fieldOf(block, 'max_parallel') ?? n,
    on_item_error: 'skip',
    yield: { score: `\${{ steps.${id}.gate.score }}`, output: `\${{ steps.${id}.output }}` },
    gate: { checks: ['size(output) > 0'] },
    steps: [...written.slice(0, -1), judged],
  });
  const all = `steps.${made}.output`;
  const best = `${all}.filter(one, ${all}.all(other, other.score <= one.score))[0].output`;
  const pick = { id: `${site.id}_best`, uses: 'transform', with: { value: `\${{ ${best} }}` } };
  return composed('best_of', step, site, [candidates, pick], (index, [first, at, key, ...rest]) => {
    if (index > 0 || first !== 'steps' || at === undefined) return place;
    if (judge !== undefined && at === written.length - 1 && key === 'gate') return [...place, 'judge'];
    return [...place, 'steps', at, ...(key === undefined ? [] : [key, ...rest])];
  });
}

function composed(
  written: NonNullable<SwitchStep['written']>,
  step: Json,
  site: StepSite,
  steps: readonly Json[],
  home: Home,
): SwitchStep {
  const made = isObject(step) ? { ...step, switch: [{ else: true, steps: [...steps] }] } : step;
  const translate = (place: Place): Place => {
    const rest = place.slice(site.place.length);
    if (rest[0] !== 'switch') return place;
    const [, , , index, ...more] = rest;
    return typeof index === 'number' ? home(index, more) : [...site.place, written];
  };
  const places = new Map<string, Place>();
  const resolution: Resolution = {
    ...site.resolution,
    places,
    report: (finding) => site.resolution.report({ ...finding, place: translate(finding.place) }),
    warn: (finding) => site.resolution.warn({ ...finding, place: translate(finding.place) }),
  };
  const resolved = resolveSwitch(made, { ...site, resolution });
  for (const [chain, place] of places) site.resolution.places.set(chain, translate(place));
  return { ...resolved, written };
}
