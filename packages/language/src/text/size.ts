/** Counts and sizes as workflows write them: `400k`, `2M`, `10kB`, `2MiB`. */
export const sizePattern = /^(\d{1,12}(?:\.\d{1,6})?)(k|M|G|B|kB|MB|GB|KiB|MiB|GiB)$/;

const units: { readonly [unit: string]: number } = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** A whole number; undefined when the text is no size. */
export function sizeOf(text: string): number | undefined {
  const match = sizePattern.exec(text);
  const unit = units[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}
