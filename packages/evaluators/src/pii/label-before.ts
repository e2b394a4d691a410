/**
 * What a stretch of text is called: the words right before it, or the name of
 * the field that it is in. `Phone: 555-0100`, `{ "phone": "555-0100" }`.
 */
export type Labels = {
  /** Whether words that fit stand before the place, on the same line, with no digit between. */
  (start: number, wanted: RegExp): boolean;
};

const reach = 48;

/** @param field The name of the field that the whole text is in, or ''. It counts as standing before the first word. */
export function labelsOf(text: string, field: string): Labels {
  const name = field === '' ? '' : `${field.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_.-]/g, ' ')}: `;
  return (start, wanted) => {
    const before = (start < reach ? name : '') + text.slice(Math.max(0, start - reach), start);
    const line = before.slice(Math.max(before.lastIndexOf('\n'), before.search(/\d[^\d]*$/)) + 1);
    return wanted.test(line);
  };
}
