/** Parts of the document that this version reads but cannot carry out, and parts that a plan may not have. */
import type { Json } from '@telos/core';
import { fieldOf, isObject, listField } from '../text/json-shape.ts';
import type { Report } from './finding.ts';

const notYet: { readonly [key: string]: string } = {
  triggers: 'start runs by `telos run` or POST /v1/runs',
  rails: 'use checks in a `gate`',
  catch: 'use `on_error: continue` and a step that looks at `status`',
};

const notInPlans: readonly string[] = ['triggers', 'expose', 'tools', 'permissions', 'limits'];

export function reportUnsupported(document: Json, subset: 'workflow' | 'plan', report: Report): void {
  if (!isObject(document)) return;
  if (subset === 'plan') {
    for (const key of notInPlans) {
      if (fieldOf(document, key) === undefined) continue;
      const message = `a plan may not have \`${key}\`: it spends what it was given and grants nothing`;
      report({ code: 'NOT_IN_PLAN', place: [key], at: 'key', message, hint: 'leave it out' });
    }
  }
  for (const [key, hint] of Object.entries(notYet)) {
    if (fieldOf(document, key) === undefined || (subset === 'plan' && notInPlans.includes(key))) continue;
    report({ code: 'UNSUPPORTED', place: [key], at: 'key', message: `\`${key}\` cannot be carried out yet`, hint });
  }
  if (subset === 'plan') return;
  for (const [index, door] of (listField(document, 'expose') ?? []).entries()) {
    if (door === 'rest' || typeof door !== 'string') continue;
    const message = `a workflow cannot be exposed by \`${door}\` yet`;
    report({ code: 'UNSUPPORTED', place: ['expose', index], message, hint: '`rest` can' });
  }
  for (const [index, glob] of (listField(fieldOf(document, 'permissions') ?? null, 'ask') ?? []).entries()) {
    if (typeof glob !== 'string') continue;
    const message = `\`${glob}\` cannot wait for a person yet`;
    report({ code: 'UNSUPPORTED', place: ['permissions', 'ask', index], message, hint: 'allow it or deny it' });
  }
  const limits = fieldOf(document, 'limits');
  if (!isObject(limits)) return;
  if (fieldOf(fieldOf(limits, 'budget'), 'on_exceeded') === 'pause') {
    const message = 'a run cannot pause at its budget yet';
    const place = ['limits', 'budget', 'on_exceeded'];
    report({ code: 'UNSUPPORTED', place, message, hint: 'write on_exceeded: fail, which is the default' });
  }
  for (const key of Object.keys(limits)) {
    if (key === 'budget') continue;
    const message = `\`limits.${key}\` cannot be carried out yet`;
    report({ code: 'UNSUPPORTED', place: ['limits', key], at: 'key', message, hint: '`limits.budget` can' });
  }
}
