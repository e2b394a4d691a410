/** What a plan is to reach: each objective with the check that tells whether it was. */
import type { Json, ObjectiveSpec } from '@telos/core';
import { defined } from '../text/defined.ts';
import { fieldOf, listField, objectField, textField } from '../text/json-shape.ts';
import { anyJson } from '../types/type.ts';
import { resolveCheck } from './checks.ts';
import type { Resolution } from './resolution.ts';
import { withNames } from './sight.ts';
import type { Sight } from './sight.ts';
import { typeOfTemplate } from './typing.ts';

/** @param after What is seen when all steps have ended. */
export function resolveObjectives(
  document: Json,
  after: Sight,
  resolution: Resolution,
): readonly ObjectiveSpec[] | undefined {
  const written = listField(document, 'objectives');
  if (written === undefined) return undefined;
  const outputs = objectField(document, 'outputs');
  const given = outputs === undefined ? anyJson : typeOfTemplate(outputs, after, resolution);
  const sight = withNames(after, { output: { type: given } });
  const known = new Set<string>();
  return written.flatMap((item, index): readonly ObjectiveSpec[] => {
    const id = textField(item, 'id');
    const objective = textField(item, 'objective');
    const criterion = textField(item, 'criterion');
    if (id === undefined || objective === undefined || criterion === undefined) return [];
    const place = ['objectives', index];
    if (known.has(id)) {
      const message = `two objectives have the id \`${id}\``;
      resolution.report({ code: 'DUPLICATE_ID', place: [...place, 'id'], message });
    }
    known.add(id);
    const reads = new Set<string>();
    const stated = fieldOf(item, 'check');
    const check =
      stated === undefined ? undefined : resolveCheck(stated, [...place, 'check'], { sight, resolution, reads });
    return [defined({ id, objective, criterion, check, reads: [...reads].sort() })];
  });
}
