/** The time axis of a waterfall: from when the run was created to its end, or to now. */

export type TimeScale = {
  readonly from: number;
  /** Always after `from`. */
  readonly to: number;
};

/** In per cent of the axis. */
export type Extent = { readonly left: number; readonly width: number };

export type Tick = { readonly at: number; readonly left: number };

export function timeScale(from: number, to: number): TimeScale {
  return { from, to: Math.max(to, from + 1) };
}

/** Where something stands on the axis; what reaches over its ends is cut off there. */
export function extentOf(scale: TimeScale, startedAt: number, endedAt: number): Extent {
  const length = scale.to - scale.from;
  const start = clamp((startedAt - scale.from) / length);
  const end = clamp((Math.max(endedAt, startedAt) - scale.from) / length);
  return { left: start * 100, width: (end - start) * 100 };
}

const day = 86_400_000;
const steps: readonly number[] = [
  ...[1, 10, 100, 1000].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 5, 10, 20, 50, 100].map((days) => days * day),
];

/**
 * Marks at round distances from the start, which is the first of them.
 *
 * @param most How many there may be, at least 1.
 */
export function ticks(scale: TimeScale, most: number): readonly Tick[] {
  const length = scale.to - scale.from;
  const step = steps.find((candidate) => length / candidate < most) ?? length;
  const marks: Tick[] = [];
  for (let at = 0; at < length && marks.length < most; at += step) marks.push({ at, left: (at / length) * 100 });
  return marks;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
