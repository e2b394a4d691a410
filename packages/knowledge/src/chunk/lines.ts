import type { Span } from './sentences.ts';

/** A line without its line end. */
export type Line = Span & { readonly text: string };

/** The lines of a text; `\n`, `\r\n` and `\r` end one. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const unit = at < text.length ? text.charCodeAt(at) : 10;
    if (unit !== 10 && unit !== 13) continue;
    lines.push({ start, end: at, text: text.slice(start, at) });
    if (unit === 13 && text.charCodeAt(at + 1) === 10) at += 1;
    start = at + 1;
  }
  return lines;
}
