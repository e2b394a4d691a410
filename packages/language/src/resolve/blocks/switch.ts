import type { Json, SwitchStep } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject, listField } from '../../text/json-shape.ts';
import { join } from '../../types/join.ts';
import { anyJson, nothing } from '../../types/type.ts';
import type { Type } from '../../types/type.ts';
import { checkCondition } from '../expressions.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { bodyOf } from './body.ts';

export function resolveSwitch(step: Json, site: StepSite): SwitchStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const written = listField(step, 'switch') ?? [];
  const given: Type[] = written.some((item) => fieldOf(item, 'else') === true) ? [] : [nothing];
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
    const condition = checkCondition(when, [...at, 'when'], sight, resolution, reads);
    const body = bodyOf(fieldOf(item, 'steps'), [...at, 'steps'], `${site.chain}[${index}]`, sight.names, site);
    given.push(body?.last ?? anyJson);
    return defined({ when: condition, steps: body?.steps ?? [] });
  });
  const output = join(given);
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  return { kind: 'switch', id: site.id, after: site.after, ...policies, reads: [...reads].sort(), cases };
}
