/**
 * What people write who come from other tools, and what it is called here.
 *
 * Looked at before the nearest known name, which for a word of another language
 * is near by chance alone: `if` is one letter from `id`.
 */
import type { Json } from '@telos/core';
import { kindOf } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { namePattern } from './scalars.ts';

const words: ReadonlyMap<string, readonly string[]> = new Map([
  ['if', ['when']],
  ['condition', ['when']],
  ['name', ['id']],
  ['version', ['telos']],
  ['on', ['triggers']],
  ['jobs', ['steps']],
  ['tasks', ['steps']],
  ['do', ['steps']],
  ['tool', ['uses']],
  ['action', ['uses']],
  ['type', ['uses']],
  ['args', ['with']],
  ['arguments', ['with']],
  ['params', ['with']],
  ['parameters', ['with', 'inputs']],
  ['variables', ['vars']],
  ['depends_on', ['needs']],
  ['retries', ['retry']],
  ['secret', ['signature']],
  ['int', ['integer']],
  ['float', ['number']],
  ['double', ['number']],
  ['decimal', ['number']],
  ['bool', ['boolean']],
  ['str', ['string']],
  ['text', ['string']],
  ['date', ['string']],
  ['datetime', ['string']],
  ['list', ['array']],
  ['dict', ['object']],
  ['map', ['object']],
  ['json', ['object']],
]);

/** `did you mean ...?`: what a word from elsewhere is here, or else the nearest known one. */
export function meant(written: string, known: readonly string[]): string | undefined {
  const here = words.get(written.toLowerCase())?.find((word) => known.includes(word));
  return here === undefined ? suggestion(written, known) : `did you mean \`${here}\`?`;
}

/** Of a key whose value has another shape than it needs: how it is written. */
export function shapeOf(place: Place, found: Json): string | undefined {
  const key = place.at(-1);
  if (key === 'steps') return 'a list: each step begins with `- id: ...`';
  const shape = typeof key === 'string' && typeof place.at(-2) === 'number' ? shapes.get(key) : undefined;
  return shape === undefined ? undefined : `write ${shape(typeof found === 'string' ? found : undefined)}`;
}

type Shape = (text: string | undefined) => string;

const shapes: ReadonlyMap<string, Shape> = new Map([
  ['wait', (text) => `wait: { for: ${text === undefined || !/^\d+\w+$/.test(text) ? '30s' : text} }`],
  ['approve', () => 'approve: { show: "${{ ... }}" }, or approve: {}'],
  ['parallel', () => 'parallel: { first: [...], second: [...] }, each branch a list of steps'],
  ['switch', () => 'switch: [{ when: ..., steps: [...] }, { else: true, steps: [...] }]'],
  ['loop', () => 'loop: { until: ..., max: 5 }, with the `steps` beside it'],
  ['plan', () => 'plan: { objective: "..." }'],
  ['workflow', (text) => `workflow: { id: ${text !== undefined && namePattern.test(text) ? text : 'other_workflow'} }`],
  ['agent', () => 'agent: { instructions: ..., input: ... }'],
  ['gate', () => 'gate: { checks: [...] }'],
  ['budget', () => 'budget: { usd: 0.5 }'],
] satisfies [string, Shape][]);

/** A name that is none, as one: `My Report` is `my_report`. */
export function asName(written: string): string | undefined {
  const name = written
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return namePattern.test(name) && name.length <= 64 ? `such as \`${name}\`` : undefined;
}

/** `"1"` where 1 is expected: the same to the eye, and told apart by their kinds. */
export function quotedByMistake(found: Json, allowed: readonly unknown[]): string | undefined {
  if (typeof found !== 'string') return undefined;
  const same = allowed.find((value) => typeof value !== 'string' && String(value) === found);
  return same === undefined ? undefined : `expected ${kindOf(same)}, ${found}, found the text "${found}"`;
}
