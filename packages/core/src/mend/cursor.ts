/** Where in a text the reading of broken JSON stands. */
export type Cursor = {
  readonly text: string;
  /** Takes every quotation mark that is not escaped for the end of its string, as JSON does. */
  readonly trustsQuotes: boolean;
  /** In UTF-16 units. */
  at: number;
  /** How many places were mended so far. */
  mended: number;
};

const blank = /[\s\u200B\u2060\uFEFF]/;

export function isBlank(character: string | undefined): boolean {
  return character !== undefined && blank.test(character);
}

/** The next place that is not blank, looked for no further than `most` characters, so that looking ahead stays cheap. */
export function pastBlanks(text: string, from: number, most = 200): number {
  let at = from;
  while (at < from + most && isBlank(text[at])) at += 1;
  return at;
}

/** Passes over blanks, and over comments: `// ...`, `# ...`, and between slashes and stars. */
export function skipBlanks(cursor: Cursor): void {
  const { text } = cursor;
  for (;;) {
    while (isBlank(text[cursor.at])) cursor.at += 1;
    const isBlock = text.startsWith('/*', cursor.at);
    if (!isBlock && !text.startsWith('//', cursor.at) && text[cursor.at] !== '#') return;
    const end = text.indexOf(isBlock ? '*/' : '\n', cursor.at + 1);
    cursor.at = end < 0 ? text.length : end + (isBlock ? 2 : 1);
    cursor.mended += 1;
  }
}
