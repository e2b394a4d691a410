/** Durations as workflows write them: `500ms 30s 5m 2h 1d`, also `1.5h`. */
export const durationPattern = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$/;

const unitMs: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, rounded to a whole number; undefined when the text is no duration. */
export function durationMs(text: string): number | undefined {
  const match = durationPattern.exec(text);
  const unit = unitMs[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}
