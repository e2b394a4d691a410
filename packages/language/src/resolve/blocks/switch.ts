import type { Json, SwitchStep } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject, listField } from '../../text/json-shape.ts';
import { checkCondition } from '../expressions.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { bodyOf } from './body.ts';

export function resolveSwitch(step: Json, site: StepSite): SwitchStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const written = listField(step, 'switch') ?? [];
  const cases = written.map((item, index) => {
    const at = [...place, 'switch', index];
    const otherwise = fieldOf(item, 'else') === true;
    const when = fieldOf(item, 'when');
    if (otherwise && index < written.length - 1) {
      resolution.report({
        code: 'INVALID_VALUE',
        place: [...at, 'else'],
        at: 'key',
        message: 'only the last case may be `else`: the ones after it would never run',
      });
    }
    if (otherwise === (when !== undefined) && isObject(item)) {
      const message = otherwise
        ? 'a case has `when` or `else`, not both'
        : 'a case needs `when`, or `else: true` if it is the last';
      resolution.report({ code: otherwise ? 'INVALID_VALUE' : 'MISSING_KEY', place: at, message });
    }
    return defined({
      when: checkCondition(when, [...at, 'when'], sight, resolution, reads),
      steps:
        bodyOf(fieldOf(item, 'steps'), [...at, 'steps'], `${site.chain}[${index}]`, sight.names, site)?.steps ?? [],
    });
  });
  const policies = resolvePolicies(step, place, sight, resolution, reads);
  return { kind: 'switch', id: site.id, after: site.after, ...policies, reads: [...reads].sort(), cases };
}
