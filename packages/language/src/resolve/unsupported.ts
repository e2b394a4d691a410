/** Parts of the document that this version reads but cannot carry out, and parts that a plan may not have. */
import type { Json } from '@telos/core';
import { fieldOf, isObject, listField } from '../text/json-shape.ts';
import type { Report } from './finding.ts';

/** Keys that a plan may not have, with the reason. */
const grants = 'it spends what it was given and grants nothing';
const ends = 'the workflow around it handles how the run ends';
const notInPlan: { readonly [key: string]: string } = {
  triggers: grants,
  expose: grants,
  tools: grants,
  permissions: grants,
  limits: grants,
  catch: ends,
  finally: ends,
  rails: 'the workflow around it guards what goes in and comes out; `rails` of its steps may stand',
};

export function reportUnsupported(document: Json, subset: 'workflow' | 'plan', report: Report): void {
  if (!isObject(document)) return;
  if (subset === 'plan') {
    for (const [key, reason] of Object.entries(notInPlan)) {
      if (fieldOf(document, key) === undefined) continue;
      const message = `a plan may not have \`${key}\`: ${reason}`;
      report({ code: 'NOT_IN_PLAN', place: [key], at: 'key', message, hint: 'leave it out' });
    }
  }
  if (subset === 'plan') return;
  if (fieldOf(document, 'objectives') !== undefined) {
    const message = 'only a plan has `objectives`: what a workflow gives is tested by the gates of its steps';
    const hint = 'write the criterion as a `gate`, or state the objective in a `plan` block';
    report({ code: 'UNSUPPORTED', place: ['objectives'], at: 'key', message, hint });
  }
  for (const [index, door] of (listField(document, 'expose') ?? []).entries()) {
    if (door === 'rest' || typeof door !== 'string') continue;
    const message = `a workflow cannot be exposed by \`${door}\` yet`;
    report({ code: 'UNSUPPORTED', place: ['expose', index], message, hint: '`rest` can' });
  }
}
