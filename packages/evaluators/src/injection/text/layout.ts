/**
 * What kind of document a text is, and what kind each of its lines is: a table,
 * code, JSON, markup, a log, or prose. A question is nothing strange in prose;
 * it is in a table.
 */
export const layoutKinds = ['prose', 'table', 'code', 'json', 'markup', 'record'] as const;
export type LayoutKind = (typeof layoutKinds)[number];

export type Layout = {
  /** Of the document: the kind of most of what it holds, by characters. */
  readonly kind: LayoutKind;
  /** Offset of each line in the folded text, and its kind. */
  readonly lineStarts: readonly number[];
  readonly lineKinds: readonly LayoutKind[];
  /** The part of its characters in lines of another kind than prose, in [0, 1]. */
  readonly structured: number;
};

export function layoutOf(text: string): Layout {
  const lineStarts: number[] = [];
  const lineKinds: LayoutKind[] = [];
  const weights = new Map<LayoutKind, number>();
  let fenced = false;
  const fenceSays = !isInOneFence(text);
  let total = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, Math.min(end, start + 400));
    const isFence = /^\s{0,8}```/.test(line);
    const kind = isFence || (fenced && fenceSays) ? 'code' : lineKind(line);
    if (isFence) fenced = !fenced;
    lineStarts.push(start);
    lineKinds.push(kind);
    if (line.trim() !== '') {
      weights.set(kind, (weights.get(kind) ?? 0) + end - start);
      total += end - start;
    }
    start = end + 1;
  }
  const [kind = 'prose'] = [...weights].reduce<[LayoutKind?, number?]>(
    (most, each) => (each[1] > (most[1] ?? 0) ? each : most),
    [],
  );
  return { kind, lineStarts, lineKinds, structured: total === 0 ? 0 : 1 - (weights.get('prose') ?? 0) / total };
}

/** A fence around all of a text says nothing of what is in it. */
function isInOneFence(text: string): boolean {
  const start = /^\s{0,9}```/.exec(text.slice(0, 20))?.[0].length ?? -1;
  if (start === -1) return false;
  const end = text.indexOf('```', start);
  return end !== -1 && text.slice(end + 3, end + 400).trim() === '' && end + 400 > text.length;
}

/** Only the first 400 characters are looked at. */
function lineKind(line: string): LayoutKind {
  const text = line.trim();
  if (text === '') return 'prose';
  if (/^\|.*\|/.test(text) || countOf(line, '|') >= 2 || countOf(line, '\t') >= 2) return 'table';
  if (/^[[{]/.test(text) && /["\]}]/.test(text.slice(1)) && /[":,]/.test(text)) return 'json';
  if (/^"[^"]{1,60}"\s?:/.test(text) || /^[\]}],?$/.test(text)) return 'json';
  if (/^<[a-z!/]/.test(text)) return 'markup';
  if (isCode(line, text)) return 'code';
  if (countOf(text, ',') >= 3 && !/[.!?:]$/.test(text) && !/, [a-z]/.test(text)) return 'table';
  if (/^\[?\d{1,4}[-:/]\d{2}/.test(text) || /^[a-z_-]{2,24}(?:;[^:\s]{1,40})?:\S/.test(text)) return 'record';
  if (/^(?:from|to|cc|subject|date|sent|reporter|priority|status|summary|dtstart|location|begin|end)\s?:/.test(text))
    return 'record';
  return 'prose';
}

function isCode(line: string, text: string): boolean {
  if (
    /[;{}]$/.test(text) ||
    /^(?:[#/]{1,2}include|import |from \S+ import|def |class |function |const |let |var |return\b|if \(|if .*:$|for .*[:{]$|while |else:|elif |try:|except|@\w+|\$ |>>> |\/\/|\/\*|\*\/|#!|public |private |static |void |int |package |using |select .* from )/.test(
      text,
    )
  ) {
    return true;
  }
  if (/^\s*[\w.[\]'"]+\s?(?:=|\+=|:=)\s?\S/.test(line) || /^[\w.]+\(.*\)$/.test(text)) return true;
  return /^(?: {4}|\t)/.test(line) && /[()[\]=<>_]/.test(text);
}

function countOf(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) count += 1;
  return count;
}
