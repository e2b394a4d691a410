/** Parts of the document that this version reads but cannot carry out, and parts that a plan may not have. */
import type { Json } from '@telos/core';
import { fieldOf, isObject, listField } from '../text/json-shape.ts';
import type { Report } from './finding.ts';

const notYet: { readonly [key: string]: string } = {
  rails: 'use checks in a `gate`',
};

const grants: readonly string[] = ['triggers', 'expose', 'tools', 'permissions', 'limits'];
const handlers: readonly string[] = ['catch', 'finally'];

export function reportUnsupported(document: Json, subset: 'workflow' | 'plan', report: Report): void {
  if (!isObject(document)) return;
  if (subset === 'plan') {
    for (const key of [...grants, ...handlers]) {
      if (fieldOf(document, key) === undefined) continue;
      const reason = handlers.includes(key)
        ? 'the workflow around it handles how the run ends'
        : 'it spends what it was given and grants nothing';
      const message = `a plan may not have \`${key}\`: ${reason}`;
      report({ code: 'NOT_IN_PLAN', place: [key], at: 'key', message, hint: 'leave it out' });
    }
  }
  for (const [key, hint] of Object.entries(notYet)) {
    if (fieldOf(document, key) === undefined) continue;
    report({ code: 'UNSUPPORTED', place: [key], at: 'key', message: `\`${key}\` cannot be carried out yet`, hint });
  }
  if (subset === 'plan') return;
  for (const [index, door] of (listField(document, 'expose') ?? []).entries()) {
    if (door === 'rest' || typeof door !== 'string') continue;
    const message = `a workflow cannot be exposed by \`${door}\` yet`;
    report({ code: 'UNSUPPORTED', place: ['expose', index], message, hint: '`rest` can' });
  }
}
