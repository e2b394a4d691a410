/** A wait: for a time, until an instant, or for a signal from outside. */
import type { Json, WaitStep } from '@telos/core';
import { mayHoldExpression } from '../../cel/template.ts';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject, textField } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import { join } from '../../types/join.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { anyJson, mapOf, nothing, number, text } from '../../types/type.ts';
import type { Type } from '../../types/type.ts';
import { checkTemplate } from '../expressions.ts';
import { checkFits } from '../fitting.ts';
import { literalSchema } from '../json-schema.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
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
  const output = outputType(wait);
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  if (wait === undefined) return undefined;
  return { kind: 'wait', id: site.id, after: site.after, ...policies, reads: [...reads].sort(), wait };
}

/** A duration or an instant as a step may give it. */
const time = join([text, number]);

function outputType(wait: WaitStep['wait'] | undefined): Type {
  if (wait?.for !== 'signal') return mapOf({ at: text });
  const payload = wait.schema === undefined ? anyJson : typeOfJsonSchema(wait.schema);
  return wait.onTimeout === 'continue' ? join([payload, nothing]) : payload;
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
  const given = textField(written, kind);
  if (given === undefined) return undefined;
  const at = [...place, kind];
  if (kind === 'signal') return signalOf(given, written, place, site);
  if (mayHoldExpression(given)) {
    checkTemplate(given, at, sight, resolution, reads);
    checkFits(given, time, at, { code: 'EXPRESSION_TYPE', what: `\`${kind}\``, sight, resolution });
    return kind === 'for' ? { for: 'duration', ms: given } : { for: 'instant', at: given };
  }
  if (kind === 'until') return instantOf(given, at, site);
  const ms = waitingMs(given, at, resolution);
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

function instantOf(written: string, place: Place, { resolution }: StepSite): WaitStep['wait'] | undefined {
  const at = timestamp.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(at)) return { for: 'instant', at: new Date(at).toISOString() };
  resolution.report({
    code: 'INVALID_VALUE',
    place,
    message: `\`${written.slice(0, 60)}\` is no timestamp with a time and a zone`,
    hint: expressionLike.test(written)
      ? `write until: \${{ ${written} }}`
      : 'such as 2027-01-31T09:00:00Z or 2027-01-31T09:00:00+01:00',
  });
  return undefined;
}
