/** Which way a figure should go. */
export type Better = 'less' | 'more';

export type FigureChange = { readonly text: string; readonly tone: 'better' | 'worse' };

/**
 * What to say of a figure that changed: `+1.20 s`, `−$0.0040`.
 *
 * @returns undefined when a side has none, or when both read the same.
 */
export function changeOf(
  a: number | undefined,
  b: number | undefined,
  format: (value: number) => string,
  better: Better,
): FigureChange | undefined {
  if (a === undefined || b === undefined || a === b || format(a) === format(b)) return undefined;
  const grew = b > a;
  return {
    text: `${grew ? '+' : '−'}${format(Math.abs(b - a))}`,
    tone: grew === (better === 'more') ? 'better' : 'worse',
  };
}
