/** `catch` and `finally`: steps that run when the workflow's own have ended, and see all of them. */
import type { CatchSpec, Handler, Json } from '@telos/core';
import { fieldOf, isList, listField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { errorType } from './envelope-types.ts';
import { errorNames } from './error-names.ts';
import type { Resolution } from './resolution.ts';
import { namesWith, noNames } from './sight.ts';
import type { Names, StepList } from './sight.ts';
import { resolveSteps } from './step-list.ts';

/** Undefined when there is no `catch`. `own`: the workflow's own list of steps. */
export function resolveCatch(
  document: Json,
  own: StepList | undefined,
  resolution: Resolution,
): readonly CatchSpec[] | undefined {
  const written = listField(document, 'catch');
  return written?.map((handler, index) => {
    const place = ['catch', index];
    const match = matchOf(fieldOf(handler, 'match') ?? 'any', [...place, 'match'], resolution);
    if (match === 'any' && index < written.length - 1) {
      resolution.report({
        code: 'INVALID_VALUE',
        place,
        message: 'only the last handler may match `any`: the ones after it would never run',
        hint: 'name the errors that it handles: match: [timeout, GATE_FAILED]',
      });
    }
    const names = namesWith(noNames, { error: { type: errorType } });
    const { steps } = resolveHandler(
      fieldOf(handler, 'steps'),
      [...place, 'steps'],
      `catch[${index}]`,
      names,
      own,
      resolution,
    );
    return { match, steps };
  });
}

/** Undefined when there is no `finally`. */
export function resolveFinally(document: Json, own: StepList | undefined, resolution: Resolution): Handler | undefined {
  const written = fieldOf(document, 'finally');
  return written === undefined ? undefined : resolveHandler(written, ['finally'], 'finally', noNames, own, resolution);
}

function resolveHandler(
  written: Json | undefined,
  place: Place,
  chain: string,
  names: Names,
  own: StepList | undefined,
  resolution: Resolution,
): Handler {
  if (!isList(written)) return { steps: [] };
  const around = own === undefined ? {} : { around: { list: own, index: undefined } };
  return { steps: resolveSteps(written, place, { names, chain, ...around }, resolution).steps };
}

function matchOf(written: Json, place: Place, resolution: Resolution): CatchSpec['match'] {
  if (isList(written)) return errorNames(written, place, resolution);
  if (typeof written === 'string' && written !== 'any') {
    resolution.report({
      code: 'INVALID_VALUE',
      place,
      message: `\`match\` is \`any\` or a list of errors, and this is \`${written}\``,
      hint: `write match: [${written}]`,
    });
    return [];
  }
  return 'any';
}
