/**
 * The notation of the files in phrases/.
 *
 *   {a|b|c}   one of these; may stand inside another; `\{` `\}` `\|` are the signs themselves
 *   @NAME     one of the alternatives of the line `@NAME = a|b|c`
 *   # name    the lines below belong to the family of this name
 *   // ...    a remark
 *
 * A line of the file stands for many texts; `texts` draws a few of them, the
 * same ones each time.
 */
export type Phrase = {
  readonly family: string;
  /** The line that it comes from: its variants must stand on one side of a split. */
  readonly line: string;
  texts(most: number): readonly string[];
};

export function readPhrases(source: string): readonly Phrase[] {
  const names = new Map<string, readonly string[]>();
  const phrases: Phrase[] = [];
  let family = '';
  for (const line of source.split('\n')) {
    const definition = /^@([A-Z]+) = (.*)$/.exec(line);
    if (line.trim() === '' || line.startsWith('// ')) continue;
    if (line.startsWith('# ')) family = line.slice(2).trim();
    else if (definition !== null) names.set(definition[1] ?? '', alternatives(definition[2] ?? ''));
    else phrases.push({ family, line, texts: (most) => drawn(line, names, most) });
  }
  return phrases;
}

function drawn(line: string, names: ReadonlyMap<string, readonly string[]>, most: number): readonly string[] {
  const random = randomFrom(line);
  const found = new Set<string>();
  for (let attempt = 0; attempt < most * 4 && found.size < most; attempt += 1) {
    const text = expanded(line, names, random);
    found.add(
      text
        .replaceAll('\\n', '\n')
        .replaceAll(/ {2,}/g, ' ')
        .replaceAll(/ ([.,?!;:])/g, '$1')
        .trim(),
    );
  }
  return [...found];
}

function expanded(text: string, names: ReadonlyMap<string, readonly string[]>, random: () => number): string {
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\\' && text.charAt(at + 1) !== 'n') {
      result += text.charAt(at + 1);
      at += 1;
    } else if (sign === '{') {
      const end = closing(text, at);
      result += expanded(pick(alternatives(text.slice(at + 1, end)), random), names, random);
      at = end;
    } else if (sign === '@' && /^[A-Z]{2}/.test(text.slice(at + 1))) {
      const name = /^[A-Z]+/.exec(text.slice(at + 1))?.[0] ?? '';
      const values = names.get(name);
      if (values === undefined) throw new Error(`There is no @${name} for: ${text}`);
      result += expanded(pick(values, random), names, random);
      at += name.length;
    } else {
      result += sign;
    }
  }
  return result;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === '{') depth += 1;
    else if (text.charAt(at) === '}' && --depth === 0) return at;
  }
  throw new Error(`A brace is not closed: ${text}`);
}

/** Parts between `|` outside inner braces. */
function alternatives(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\\') at += 1;
    else if (sign === '{') depth += 1;
    else if (sign === '}') depth -= 1;
    else if (sign === '|' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

export function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('There is nothing to pick from.');
  return value;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed: string): () => number {
  let state = 0x9e3779b9;
  for (let at = 0; at < seed.length; at += 1)
    state = Math.imul(state ^ seed.charCodeAt(at), 0x85ebca6b) ^ (state >>> 13);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
