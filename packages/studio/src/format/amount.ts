/** Counts, money and sizes, so that a column of them lines up. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `1,204`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** A count in few characters: `840`, `12.3k`, `4.1M`. */
export function formatCompact(count: number): string {
  if (count < 10_000) return whole.format(count);
  if (count < 999_500) return `${short(count / 1000)}k`;
  return `${short(count / 1_000_000)}M`;
}

/** US dollars: `$0`, `<$0.0001`, `$0.0042` below one dollar, `$12.40` from there on. */
export function formatMoney(usd: number): string {
  if (usd <= 0) return '$0';
  if (usd < 0.0001) return '<$0.0001';
  if (usd < 0.99995) return `$${usd.toFixed(4)}`;
  return `$${cents.format(usd)}`;
}

/** A score in [0, 1] with two digits. */
export function formatScore(score: number): string {
  return score.toFixed(2);
}

/** Bytes in decimal units: `812 B`, `4.1 kB`, `3.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${short(bytes / 1000)} kB`;
  return `${short(bytes / 1_000_000)} MB`;
}

/** `1 call`, `3 calls`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function short(value: number): string {
  return value < 99.95 ? value.toFixed(1) : whole.format(value);
}
