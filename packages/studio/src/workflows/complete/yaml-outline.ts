/**
 * Where things stand in a YAML text that is being written, and so need not be
 * whole: every key and every scalar with its path, and where the end of the text
 * is. It reads what people write by hand (indented maps and lists, flow
 * collections, block scalars) and lets everything else pass.
 */
import { readFlow } from './flow-outline.ts';
import { scalarOf, unquoted } from './outline.ts';
import type { Entry, Outline, Path, Place } from './outline.ts';

/** Of the map or list that a line belongs to: where it begins, and by what it is reached. */
type Level = { readonly column: number; readonly part: string | number };

const keyOfLine = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#:{}[\],&*!|>'"%@`-][^:#{}[\]]*?|-[^\s:#]+)\s*:(?=\s|$)/;

export function readOutline(text: string): Outline {
  const entries: Entry[] = [];
  let levels: Level[] = [];
  const counts = new Map<string, number>();
  /** Lines that stand deeper than this are text. */
  let scalar: { readonly column: number; readonly path: Path } | undefined;
  let at = 0;
  const place = (kind: Place['kind'], path: Path, start: number, column: number): Place => ({
    kind,
    path,
    prefix: text.slice(start),
    start,
    column,
    inFlow: false,
  });
  const here = () => levels.map(({ part }) => part);

  for (;;) {
    const newline = text.indexOf('\n', at);
    const isLast = newline === -1;
    const line = text.slice(at, isLast ? text.length : newline);
    const next = newline + 1;
    const indent = line.length - line.trimStart().length;
    if (scalar !== undefined) {
      const isText = indent > scalar.column || line.trim() === '';
      if (isText && isLast && (line.trim() !== '' || indent > scalar.column))
        return { entries, end: place('text', scalar.path, at + indent, indent) };
      if (isText && !isLast) {
        at = next;
        continue;
      }
      scalar = undefined;
    }
    if (/^\s*#/.test(line)) {
      if (isLast) return { entries, end: place('text', here(), at, indent) };
      at = next;
      continue;
    }
    if (line.trim() === '' && !isLast) {
      at = next;
      continue;
    }

    let column = indent;
    const isItem = /^-(\s|$)/.test(line.slice(indent));
    levels = levels.filter((level) => level.column < column || (isItem && level.column === column && typeof level.part === 'string'));
    for (let dash = /^-(\s+|$)/.exec(line.slice(column)); dash !== null; dash = /^-(\s+|$)/.exec(line.slice(column))) {
      const list = here().join('\0');
      const index = counts.get(list) ?? 0;
      counts.set(list, index + 1);
      levels.push({ column, part: index });
      column += dash[0].length;
    }
    const rest = line.slice(column);
    const key = keyOfLine.exec(rest);
    if (key === null) {
      const path = here();
      if (/^[[{]/.test(rest)) {
        const flow = readFlow(text, at + column, path, entries);
        if (flow.end !== undefined) return { entries, end: flow.end };
        at = afterLine(text, flow.next);
        if (at === -1) return { entries, end: place('text', path, text.length, column) };
        continue;
      }
      if (isLast) return { entries, end: place('key', path, at + column, column) };
      if (rest.trim() !== '' && typeof path.at(-1) === 'number') entries.push({ path, value: scalarOf(rest) });
      at = next;
      continue;
    }
    levels.push({ column, part: unquoted(key[1] ?? '') });
    const path = here();
    const gap = /^\s*/.exec(rest.slice(key[0].length))?.[0].length ?? 0;
    const begin = column + key[0].length + gap;
    const value = line.slice(begin);
    if (/^[[{]/.test(value)) {
      entries.push({ path });
      const flow = readFlow(text, at + begin, path, entries);
      if (flow.end !== undefined) return { entries, end: flow.end };
      at = afterLine(text, flow.next);
      if (at === -1) return { entries, end: place('text', path, text.length, column) };
      continue;
    }
    if (isLast) return { entries, end: place(/(^|\s)#/.test(value) ? 'text' : 'value', path, at + begin, column) };
    const isText = /^[|>][+-]?\d*\s*(#.*)?$/.test(value);
    if (isText) scalar = { column, path };
    entries.push(isText || value.trim() === '' ? { path } : { path, value: scalarOf(value) });
    at = next;
  }
}

/** Where the line after this place begins; -1 when there is none. */
function afterLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? -1 : newline + 1;
}
