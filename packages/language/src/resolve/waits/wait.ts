/** A wait: for a time, until an instant, or for a signal from outside. */
import type { Json, WaitStep } from '@telos/core';
import { mayHoldExpression } from '../../cel/template.ts';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject, textField } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import { checkTemplate } from '../expressions.ts';
import { literalSchema } from '../json-schema.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { timeLimit, waitingMs } from './time-limit.ts';

const kinds = ['for', 'until', 'signal'] as const;
const ofSignals: readonly string[] = ['schema', 'timeout', 'on_timeout'];

export function resolveWait(step: Json, site: StepSite): WaitStep | undefined {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const written = fieldOf(step, 'wait');
  if (!isObject(written)) return undefined;
  const at = [...place, 'wait'];
  const wait = waitOf(written, at, reads, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads);
  if (wait === undefined) return undefined;
  return { kind: 'wait', id: site.id, after: site.after, ...policies, reads: [...reads].sort(), wait };
}

function waitOf(written: Json, place: Place, reads: Set<string>, site: StepSite): WaitStep['wait'] | undefined {
  const { resolution, sight } = site;
  const [kind, second] = kinds.filter((key) => fieldOf(written, key) !== undefined);
  if (kind === undefined) {
    const hint = 'write for: 10m, until: a timestamp, or signal: a name';
    resolution.report({ code: 'MISSING_KEY', place, message: 'a wait needs `for`, `until` or `signal`', hint });
    return undefined;
  }
  if (second !== undefined) {
    const message = `a wait is for one thing: it has \`${kind}\` and \`${second}\``;
    const hint = 'make two steps of it; a signal may have a `timeout`';
    resolution.report({ code: 'INVALID_VALUE', place: [...place, second], at: 'key', message, hint });
  }
  if (kind !== 'signal') {
    for (const key of ofSignals) {
      if (fieldOf(written, key) === undefined) continue;
      const message = `\`${key}\` belongs to \`signal\`, and this wait has \`${kind}\``;
      resolution.report({ code: 'UNKNOWN_KEY', place: [...place, key], at: 'key', message });
    }
  }
  const text = textField(written, kind);
  if (text === undefined) return undefined;
  const at = [...place, kind];
  if (kind === 'signal') return signalOf(text, written, place, site);
  if (mayHoldExpression(text)) {
    checkTemplate(text, at, sight, resolution, reads);
    return kind === 'for' ? { for: 'duration', ms: text } : { for: 'instant', at: text };
  }
  if (kind === 'until') return instantOf(text, at, site);
  const ms = waitingMs(text, at, resolution);
  return ms === undefined ? undefined : { for: 'duration', ms };
}

function signalOf(name: string, written: Json, place: Place, { resolution }: StepSite): WaitStep['wait'] {
  const schema = fieldOf(written, 'schema');
  return defined({
    for: 'signal' as const,
    name,
    schema: schema === undefined ? undefined : literalSchema(schema, [...place, 'schema'], resolution),
    timeoutMs: timeLimit(written, place, resolution),
    onTimeout: fieldOf(written, 'on_timeout') === 'continue' ? ('continue' as const) : ('fail' as const),
  });
}

/** RFC 3339: without a zone nobody would know when it is. */
const timestamp = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Begins with a name and goes on into it, as `steps.a.output` and `now()` do. */
const expressionLike = /^[a-z][a-z0-9_]*[.([]/;

function instantOf(text: string, place: Place, { resolution }: StepSite): WaitStep['wait'] | undefined {
  const at = timestamp.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return { for: 'instant', at: new Date(at).toISOString() };
  resolution.report({
    code: 'INVALID_VALUE',
    place,
    message: `\`${text.slice(0, 60)}\` is no timestamp with a time and a zone`,
    hint: expressionLike.test(text)
      ? `write until: \${{ ${text} }}`
      : 'such as 2027-01-31T09:00:00Z or 2027-01-31T09:00:00+01:00',
  });
  return undefined;
}
