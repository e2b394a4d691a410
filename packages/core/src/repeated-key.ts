/**
 * A key that stands twice in one object of a JSON text.
 *
 * What is meant by it nobody knows: a parser keeps the last, and a proxy that
 * looked at the text before may have gone by the first.
 */
type Around = { readonly keys: Set<string> | undefined; here: string | number; isKeyNext: boolean };

/**
 * @param text JSON, as a parser has taken it.
 * @returns the way to the first one that stands for the second time.
 */
export function repeatedKeyIn(text: string): readonly (string | number)[] | undefined {
  const around: Around[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const inner = around.at(-1);
    if (unit === 0x22) {
      const end = endOfString(text, at);
      if (inner?.keys !== undefined && inner.isKeyNext) {
        const key = keyIn(text.slice(at, end + 1));
        inner.here = key;
        if (inner.keys.has(key)) return around.map(({ here }) => here);
        inner.keys.add(key);
        inner.isKeyNext = false;
      }
      at = end;
    } else if (unit === 0x7b) around.push({ keys: new Set(), here: '', isKeyNext: true });
    else if (unit === 0x5b) around.push({ keys: undefined, here: 0, isKeyNext: false });
    else if (unit === 0x7d || unit === 0x5d) around.pop();
    else if (unit === 0x2c && inner !== undefined) {
      if (typeof inner.here === 'number') inner.here += 1;
      else inner.isKeyNext = true;
    }
  }
  return undefined;
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at;
    if (unit === 0x5c) at += 1;
  }
  return text.length;
}

function keyIn(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}
