/**
 * Rails: checks at a place, each with what is done about a value that does not pass.
 *
 *   - pii                                  blocks
 *   - { pii: redact }                      does that
 *   - { check: pii, with: { names: true }, action: redact, mode: shadow }
 */
import { railActions } from '@telos/core';
import type { Json, JsonObject, Program, RailAction, RailPlace, RailsSpec, RailUse } from '@telos/core';
import { blockKinds } from '../document/step-schema.ts';
import { defined } from '../text/defined.ts';
import { durationMs } from '../text/duration.ts';
import { fieldOf, isObject, listField, objectField, textField } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { anyJson } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { resolveNamed, toldApart } from './checks.ts';
import type { Where } from './checks.ts';
import { holdsExpression } from './expressions.ts';
import { peopleOf } from './people.ts';
import type { Resolution } from './resolution.ts';
import { refuseMisplacedRestores, restoring } from './restores.ts';
import { beforeSteps, withNames } from './sight.ts';
import type { Sight } from './sight.ts';
import { mayReplaceResults } from './step-types.ts';

/** The keys of a rail that is written in full. */
const fullKeys = ['check', 'with', 'min', 'action', 'mode', 'who', 'timeout', 'restore'];
/** Of tool calls that a block's steps make. */
const within: readonly RailPlace[] = ['tool_arguments', 'memory_write', 'tool_result'];

/** Of the run. What goes in is judged before there is a run: expressions see `inputs` alone. */
export function resolveRunRails(
  document: Json,
  after: Sight,
  resolution: Resolution,
  outputReads: Set<string>,
): Program['rails'] | undefined {
  const written = fieldOf(document, 'rails');
  if (!isObject(written)) return undefined;
  const input: Sight = { ...beforeSteps, roots: ['inputs'] };
  refuseMisplacedRestores(written, ['rails'], 'run', resolution);
  const memory = resolvePlace(written, 'memory_write', ['rails'], { sight: beforeSteps, resolution, reads: new Set() });
  for (const [index, rail] of memory.entries())
    if (holdsExpression(rail.with)) refuseExpression('workflow', ['rails', 'memory_write', index], resolution);
  return some({
    memory_write: memory,
    input: resolvePlace(written, 'input', ['rails'], { sight: input, resolution, reads: new Set() }),
    output: resolvePlace(written, 'output', ['rails'], {
      sight: withNames(after, { output: { type: anyJson } }),
      resolution,
      reads: outputReads,
    }),
  });
}

export function resolveStepRails(
  step: Json,
  stepPlace: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
  output: Type,
): RailsSpec | undefined {
  const written = fieldOf(step, 'rails');
  if (!isObject(written)) return undefined;
  const place = [...stepPlace, 'rails'];
  const block = blockKinds.find((kind) => fieldOf(step, kind) !== undefined);
  if (block !== undefined) refuseOnBlock(written, place, block, resolution);
  else refuseForgetful(step, written, place, resolution);
  if (fieldOf(step, 'queue') !== undefined) refuseElsewhere(written, place, resolution);
  refuseMisplacedRestores(written, place, block, resolution);
  const where = { sight, resolution, reads };
  const given = { ...where, sight: withNames(sight, { output: { type: mayReplaceResults(step) ? anyJson : output } }) };
  return some({
    input: resolvePlace(written, 'input', place, where),
    tool_arguments: resolvePlace(written, 'tool_arguments', place, where),
    memory_write: resolvePlace(written, 'memory_write', place, where),
    tool_result: resolvePlace(written, 'tool_result', place, given),
    output: resolvePlace(written, 'output', place, given),
  });
}

function refuseExpression(block: string, place: Place, { report }: Resolution): void {
  const message = `these rails hold for all steps in the \`${block}\`, which see other things than it does`;
  report({ code: 'UNSUPPORTED', place, message, hint: 'write values, or put the rail on the steps inside' });
}

/** What an action writes into memory is judged where its tool keeps anything. */
function refuseForgetful(step: Json, written: JsonObject, place: Place, { report, options }: Resolution): void {
  const uses = textField(step, 'uses');
  const tool = uses === undefined ? undefined : options.catalog.tools.get(uses);
  if (tool === undefined || tool.remembers === true || fieldOf(written, 'memory_write') === undefined) return;
  report({
    code: 'INVALID_VALUE',
    place: [...place, 'memory_write'],
    at: 'key',
    message: `\`${uses}\` writes nothing into memory, so these rails would judge nothing`,
    hint: '`memory.remember` does; what any other tool is given has rails under `tool_arguments`',
  });
}

function refuseOnBlock(written: JsonObject, place: Place, block: string, resolution: Resolution): void {
  const { report } = resolution;
  if (fieldOf(written, 'input') !== undefined && (block === 'parallel' || block === 'switch')) {
    report({
      code: 'INVALID_VALUE',
      place: [...place, 'input'],
      at: 'key',
      message: `a \`${block}\` is given nothing: the steps inside read what they need`,
      hint: 'write them under `tool_arguments`, which holds for every call inside, or put them on the steps inside',
    });
  }
  for (const name of within) {
    for (const [index, rail] of (listField(written, name) ?? []).entries()) {
      if (!holdsExpression(rail)) continue;
      refuseExpression(block, [...place, name, index], resolution);
    }
  }
}

/** Placeholders are given by the worker that owns the run: elsewhere nobody knows which text has which. */
function refuseElsewhere(written: JsonObject, place: Place, { report }: Resolution): void {
  for (const name of ['tool_result', 'output']) {
    for (const [index, rail] of (listField(written, name) ?? []).entries()) {
      if (actionOf(rail) !== 'redact' || fieldOf(rail, 'mode') === 'shadow') continue;
      const message = 'what a step with a `queue` gives cannot be redacted: it is made where the run is not owned';
      const hint = 'leave `queue` out, or block it here and redact it in the input of the steps that read it';
      report({ code: 'UNSUPPORTED', place: [...place, name, index], message, hint });
    }
  }
}

function actionOf(rail: Json): Json | undefined {
  if (!isObject(rail)) return undefined;
  return fieldOf(rail, 'check') === undefined ? Object.values(rail)[0] : fieldOf(rail, 'action');
}

function some(rails: { readonly [place in RailPlace]?: readonly RailUse[] | undefined }): RailsSpec | undefined {
  const kept = Object.entries(rails).filter(([, list]) => list !== undefined && list.length > 0);
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as RailsSpec); // the same keys, less those without a rail
}

function resolvePlace(written: JsonObject, name: RailPlace, place: Place, where: Where): readonly RailUse[] {
  const rails = (listField(written, name) ?? []).flatMap(
    (rail, index) => resolveRail(rail, [...place, name, index], where) ?? [],
  );
  return toldApart(rails);
}

function resolveRail(written: Json, place: Place, where: Where): RailUse | undefined {
  if (typeof written === 'string') {
    const use = resolveNamed({ uses: written, usesPlace: place, parameters: {}, place, min: undefined }, where);
    return use === undefined ? undefined : { ...use, action: 'block', mode: 'enforce' };
  }
  if (!isObject(written)) return undefined;
  return fieldOf(written, 'check') === undefined
    ? resolveShort(written, place, where)
    : resolveFull(written, place, where);
}

/** `{ pii: redact }`. */
function resolveShort(written: JsonObject, place: Place, where: Where): RailUse | undefined {
  const { report } = where.resolution;
  const [uses, ...more] = Object.keys(written);
  if (uses === undefined || more.length > 0) {
    const hint = 'write { name: action }, or { check, with, action, mode }';
    report({ code: 'INVALID_VALUE', place, message: 'a rail names one check', hint });
    return undefined;
  }
  const at = [...place, uses];
  const named = { uses, usesPlace: at, byKey: true, parameters: {}, place: at, min: undefined };
  const use = resolveNamed(named, where);
  const value = written[uses] ?? null;
  const action = railActions.find((known) => known === value);
  if (action === undefined) {
    const message = `expected what is done: ${railActions.map((known) => `\`${known}\``).join(', ')}`;
    const hint =
      typeof value === 'string'
        ? suggestion(value, railActions)
        : `with parameters it is { check: ${uses}, with: ..., action: ... }`;
    report({ code: 'INVALID_VALUE', place: at, message, hint });
    return undefined;
  }
  if (use === undefined || !isOffered(use.uses, action, at, where)) return undefined;
  return offering({ ...use, action, mode: 'enforce' }, where);
}

function resolveFull(written: JsonObject, place: Place, where: Where): RailUse | undefined {
  const { report } = where.resolution;
  for (const key of Object.keys(written)) {
    if (fullKeys.includes(key)) continue;
    const message = `the key \`${key}\` is not known here`;
    const hint = suggestion(key, fullKeys) ?? `known here: ${fullKeys.join(', ')}`;
    report({ code: 'UNKNOWN_KEY', place: [...place, key], at: 'key', message, hint });
  }
  const min = fieldOf(written, 'min');
  const use = resolveNamed(
    {
      uses: textField(written, 'check') ?? '',
      usesPlace: [...place, 'check'],
      parameters: objectField(written, 'with') ?? {},
      place: [...place, 'with'],
      min: typeof min === 'number' ? min : undefined,
    },
    where,
  );
  const given = fieldOf(written, 'action');
  const action = given === undefined ? 'block' : railActions.find((known) => known === given);
  const who = fieldOf(written, 'who');
  if (who !== undefined && action !== 'ask') {
    const message = '`who` says who decides, and only `action: ask` has somebody decide';
    report({ code: 'INVALID_VALUE', place: [...place, 'who'], at: 'key', message });
  }
  if (use === undefined || action === undefined || !isOffered(use.uses, action, [...place, 'action'], where))
    return undefined;
  const mode = fieldOf(written, 'mode') === 'shadow' ? ('shadow' as const) : ('enforce' as const);
  const timeoutMs = durationMs(textField(written, 'timeout') ?? '');
  const rail = defined({ ...use, action, mode, who: who === undefined ? undefined : peopleOf(who), timeoutMs });
  const restore = restoring(rail, fieldOf(written, 'restore'), [...place, 'restore'], where.resolution);
  return offering(restore === undefined ? rail : { ...rail, restore }, where);
}

/** A check can be asked to replace only what it says that it can. */
function isOffered(uses: string, action: RailAction, place: Place, { resolution }: Where): boolean {
  if (action !== 'redact' && action !== 'repair') return true;
  const offers = resolution.options.catalog.checks.get(uses)?.offers ?? {};
  if (offers[action] !== undefined) return true;
  const [other] = Object.keys(offers);
  resolution.report({
    code: 'INVALID_VALUE',
    place,
    message: `the check \`${uses}\` gives nothing to ${action} a value with`,
    hint: other === undefined ? 'it can `block`, `flag` or `ask`' : `it can \`${other}\``,
  });
  return false;
}

/** With the parameters that make the check offer what is to be put in place. */
function offering(rail: RailUse, { resolution }: Where): RailUse {
  const { action, mode } = rail;
  if (mode === 'shadow' || (action !== 'redact' && action !== 'repair')) return rail;
  const asked = resolution.options.catalog.checks.get(rail.uses)?.offers?.[action] ?? {};
  return { ...rail, with: isObject(rail.with) ? { ...rail.with, ...asked } : asked };
}
