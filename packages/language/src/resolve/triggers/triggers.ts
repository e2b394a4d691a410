/** `triggers`: what starts runs by itself. There is no run yet, so expressions see `event` alone. */
import type { Json, ScheduleSpec, TriggersSpec, WebhookSpec } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject, listField, textField } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import { anyJson, mapOf, text } from '../../types/type.ts';
import type { Type } from '../../types/type.ts';
import { checkTemplate } from '../expressions.ts';
import type { Resolution } from '../resolution.ts';
import { namesWith, noNames } from '../sight.ts';
import type { Sight } from '../sight.ts';
import { cronProblem, timezoneProblem } from './cron.ts';
import { signatureOf } from './signature.ts';
import { triggerInputs } from './trigger-inputs.ts';
import type { Inputs } from './trigger-inputs.ts';

export function resolveTriggers(document: Json, inputs: Inputs, resolution: Resolution): TriggersSpec | undefined {
  const written = fieldOf(document, 'triggers');
  const webhook = webhookOf(fieldOf(written, 'webhook'), inputs, resolution);
  const schedule = (listField(written, 'schedule') ?? []).flatMap(
    (item, index) => scheduleOf(item, ['triggers', 'schedule', index], inputs, resolution) ?? [],
  );
  return webhook === undefined && schedule.length === 0 ? undefined : defined({ schedule, webhook });
}

const missed: readonly ScheduleSpec['missed'][] = ['skip', 'run_once', 'run_all'];

function scheduleOf(written: Json, place: Place, inputs: Inputs, resolution: Resolution): ScheduleSpec | undefined {
  const cron = textField(written, 'cron');
  if (cron === undefined) return undefined;
  const timezone = textField(written, 'timezone') ?? 'UTC';
  const problems = [
    ['cron', cronProblem(cron)],
    ['timezone', timezoneProblem(timezone)],
  ] as const;
  for (const [key, problem] of problems) {
    if (problem !== undefined) resolution.report({ code: 'INVALID_VALUE', place: [...place, key], ...problem });
  }
  return defined({
    cron: cron.trim(),
    timezone,
    missed: missed.find((word) => word === fieldOf(written, 'missed')) ?? 'skip',
    inputs: triggerInputs(written, place, sightOf({ scheduled_at: text }), inputs, resolution, 'none'),
  });
}

function webhookOf(written: Json | undefined, inputs: Inputs, resolution: Resolution): WebhookSpec | undefined {
  const path = textField(written, 'path');
  if (!isObject(written) || path === undefined) return undefined;
  const place = ['triggers', 'webhook'];
  const sight = sightOf({ body: anyJson, headers: mapOf({}, text), query: mapOf({}, anyJson) });
  const dedupe = textField(written, 'dedupe');
  if (dedupe !== undefined) checkTemplate(dedupe, [...place, 'dedupe'], sight, resolution, new Set());
  return defined({
    path,
    dedupe,
    signature: signatureOf(fieldOf(written, 'signature'), [...place, 'signature'], resolution),
    inputs: triggerInputs(written, place, sight, inputs, resolution, 'body'),
  });
}

function sightOf(fields: { readonly [name: string]: Type }): Sight {
  const event = { fields: Object.keys(fields), type: mapOf(fields, anyJson) };
  return { names: namesWith(noNames, { event }), roots: [], secrets: false };
}
