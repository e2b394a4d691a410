import { TelosError } from '@telos/core';
import { figureNames } from '@telos/evaluators/calibration';
import type { FigureName } from '@telos/evaluators/calibration';
import { nearest } from '@telos/language/text';

export type Floor = { readonly figure: FigureName; readonly least: number };

/** Reads `f1=0.9`. @throws TelosError USAGE */
export function readFloor(text: string): Floor {
  const [name = '', value = ''] = text.split('=');
  const figure = figureNames.find((known) => known === name);
  if (figure === undefined) {
    const near = nearest(name, figureNames);
    throw new TelosError(
      'USAGE',
      `--floor ${text} names no figure.${near === undefined ? '' : ` Did you mean ${near}?`}`,
      {
        next: `There are ${figureNames.join(', ')}.`,
      },
    );
  }
  const least = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(least)) {
    throw new TelosError('USAGE', `--floor ${text} gives no number.`, { next: 'Write it like --floor f1=0.9.' });
  }
  if (least > 1 || least < -1) {
    throw new TelosError('USAGE', `--floor ${text} can never be met: no figure is above 1.`, {
      next: 'Write parts, not per cent: --floor f1=0.9.',
    });
  }
  return { figure, least };
}

/** What stands below a floor; a figure that has no meaning on these rows does too. */
export function belowFloors(
  floors: readonly Floor[],
  figures: { readonly [name in FigureName]?: unknown },
): readonly string[] {
  return floors.flatMap(({ figure, least }) => {
    const reached = figures[figure];
    if (typeof reached === 'number' && reached >= least) return [];
    return [
      `${figure} is ${typeof reached === 'number' ? reached.toFixed(4) : 'without meaning on these rows'}; the floor is ${least}.`,
    ];
  });
}
