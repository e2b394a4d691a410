/** FNV-1a over UTF-16 units, mixed: 32 bits, unsigned. The weights file depends on it. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** One number from several, each of 32 bits; their order counts. */
export function combined(left: number, right: number): number {
  return mixed(Math.imul(left, 0x9e3779b1) ^ Math.imul(right ^ 0x85ebca6b, 0xc2b2ae35));
}

function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
