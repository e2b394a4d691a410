/**
 * Text with expressions in it: `${{ inputs.vendor }} and ${{ question }}`.
 *
 * The end of an expression is found by reading CEL's own strings, comments and
 * braces, so that `${{ {"a": "}}"} }}` is one expression.
 */
type TemplatePart =
  | { readonly text: string }
  /** `offset`: where the expression's first character stands in the text. */
  | { readonly expression: string; readonly offset: number };

export type TemplateText = {
  readonly parts: readonly TemplatePart[];
  /** The text is one expression and nothing but white space around it: its value keeps its type. */
  readonly whole: boolean;
  /** Where a `${{` stands that no `}}` closes. */
  readonly unclosed?: number;
};

const opening = '${{';

/** Whether there may be an expression in a text; cheap. */
export function mayHoldExpression(text: string): boolean {
  return text.includes(opening);
}

export function splitTemplate(text: string): TemplateText {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (let start = text.indexOf(opening); start !== -1; start = text.indexOf(opening, from)) {
    const inside = start + opening.length;
    const end = endOfExpression(text, inside);
    if (end === undefined) return { parts, whole: false, unclosed: start };
    if (start > from) parts.push({ text: text.slice(from, start) });
    const written = text.slice(inside, end);
    const expression = written.trim();
    parts.push({ expression, offset: inside + (written.length - written.trimStart().length) });
    from = end + 2;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  const spoken = parts.filter((part) => !('text' in part) || part.text.trim() !== '');
  const whole = spoken.length === 1 && spoken[0] !== undefined && 'expression' in spoken[0];
  return { parts: whole ? spoken : parts, whole };
}

/** Index of the `}}` that closes the expression begun before `start`. */
function endOfExpression(text: string, start: number): number | undefined {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const char = text[index];
    if (char === '"' || char === "'") {
      const end = endOfString(text, index, char);
      if (end === undefined) return undefined;
      index = end;
    } else if (char === '/' && text[index + 1] === '/') {
      const line = text.indexOf('\n', index);
      if (line === -1) return undefined;
      index = line;
    } else if (char === '{') depth++;
    else if (char === '}') {
      if (depth > 0) depth--;
      else if (text[index + 1] === '}') return index;
      else return undefined;
    }
  }
  return undefined;
}

/** Index of the last character of a CEL string: plain, triple-quoted, raw. */
function endOfString(text: string, start: number, quote: string): number | undefined {
  const triple = quote.repeat(3);
  const long = text.startsWith(triple, start);
  // the library lets a backslash carry the next character past the end of a raw string too
  for (let index = start + (long ? 3 : 1); index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (long ? text.startsWith(triple, index) : text[index] === quote) return long ? index + 2 : index;
  }
  return undefined;
}
