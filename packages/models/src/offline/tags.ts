/** A tagged part of a prompt: `<source name="a.md">...</source>`. */
export type Tag = {
  /** In lower case. */
  readonly kind: string;
  readonly attributes: string;
  readonly content: string;
  readonly start: number;
  readonly end: number;
};

const opening =
  /<(source|document|passage|file|result|context|question|criteria|rubric|answer|output|subject|candidate|response)(\s[^<>]*)?>/gi;

/** Tagged parts, outermost only, in order. A tag that is never closed is text. Linear in the text. */
export function tagsOf(text: string): readonly Tag[] {
  const lower = text.toLowerCase();
  const tags: Tag[] = [];
  const unclosed = new Set<string>();
  let from = 0;
  for (const found of text.matchAll(opening)) {
    const kind = found[1]?.toLowerCase() ?? '';
    if (found.index < from || unclosed.has(kind)) continue;
    const inside = found.index + found[0].length;
    const closing = lower.indexOf(`</${kind}>`, inside);
    if (closing < 0) {
      unclosed.add(kind);
      continue;
    }
    from = closing + kind.length + 3;
    tags.push({
      kind,
      attributes: found[2] ?? '',
      content: text.slice(inside, closing),
      start: found.index,
      end: from,
    });
  }
  return tags;
}
