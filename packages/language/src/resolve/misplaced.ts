/** Keys that belong to another shape of step, and policies that a wait or an approval cannot have. */
import type { Json } from '@telos/core';
import { fieldOf } from '../text/json-shape.ts';
import type { StepSite } from './step-site.ts';

const belongs: readonly (readonly [key: string, shapes: readonly string[], hint?: string])[] = [
  ['with', ['uses']],
  ['compensate', ['uses'], 'put it on the steps inside'],
  ['probe', ['uses'], 'put it on the steps inside'],
  ['queue', ['uses'], 'put it on the steps inside'],
  ['cache', ['uses'], 'put it on the steps inside'],
  ['steps', ['foreach', 'loop']],
  ['as', ['foreach']],
  ['max_parallel', ['foreach']],
  ['on_item_error', ['foreach']],
  ['yield', ['foreach']],
];

/** Of a step that waits: why it has none of these. */
const whileWaiting: readonly (readonly [key: string, hint: string])[] = [
  ['retry', 'what it waits for comes once; put `retry` on the step that needs it'],
  ['rails', 'put them on the steps that use what it gives'],
  ['gate', 'look at its output in the `when` or the `gate` of the next step'],
  ['timeout', 'it goes inside, with `on_timeout` beside it'],
];

export function reportMisplaced(step: Json, shape: string, site: StepSite): void {
  const report = (key: string, message: string, hint: string | undefined): void =>
    site.resolution.report({ code: 'UNKNOWN_KEY', place: [...site.place, key], at: 'key', message, hint });
  for (const [key, shapes, hint] of belongs) {
    if (fieldOf(step, key) === undefined || shapes.includes(shape)) continue;
    const message = `\`${key}\` belongs to \`${shapes[0] ?? ''}\`, and this step has \`${shape}\``;
    report(key, message, shape === 'wait' || shape === 'approve' ? undefined : hint);
  }
  if (shape !== 'wait' && shape !== 'approve') return;
  for (const [key, hint] of whileWaiting) {
    if (fieldOf(step, key) !== undefined) report(key, `\`${key}\` cannot stand beside \`${shape}\``, hint);
  }
}
