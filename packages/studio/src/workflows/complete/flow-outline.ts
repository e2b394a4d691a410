/** Flow collections, `{ id: a, needs: [b] }`, of a YAML text that need not be whole. */
import { scalarOf, unquoted } from './outline.ts';
import type { Entry, Path, Place } from './outline.ts';

/** `end` when the text ends inside it; else where what follows begins. */
export type FlowOutline =
  | { readonly end: Place; readonly next?: undefined }
  | { readonly next: number; readonly end?: undefined };

type Collection = { readonly path: Path; readonly isMap: boolean; index: number; key?: string };

/** @param begin Of its bracket. @param entries Takes what stands in it. */
export function readFlow(text: string, begin: number, path: Path, entries: Entry[]): FlowOutline {
  const open: Collection[] = [];
  let at = begin;
  /** Of the key or scalar that is being read. */
  let start = begin;
  let nested = false;

  const childOf = ({ path: parent, isMap, key, index }: Collection): Path =>
    isMap ? [...parent, ...(key === undefined ? [] : [key])] : [...parent, index];
  const close = (collection: Collection, to: number) => {
    const written = text.slice(start, to).trim();
    const isPair = !collection.isMap || collection.key !== undefined;
    if (!nested && written !== '' && isPair) entries.push({ path: childOf(collection), value: scalarOf(written) });
    else if (!nested && collection.isMap && written !== '') entries.push({ path: [...collection.path, unquoted(written)] });
    delete collection.key;
    nested = false;
  };

  while (at < text.length) {
    const character = text[at];
    const inside = open.at(-1);
    if (character === '"' || character === "'") {
      const after = afterQuoted(text, at);
      if (after === undefined) break;
      at = after;
    } else if (text.startsWith('${{', at)) {
      const after = text.indexOf('}}', at);
      if (after === -1) break;
      at = after + 2;
    } else if (character === '{' || character === '[') {
      const child = inside === undefined ? path : childOf(inside);
      if (inside !== undefined && inside.key !== undefined) entries.push({ path: child });
      open.push({ path: child, isMap: character === '{', index: 0 });
      start = at += 1;
    } else if (inside === undefined) {
      return { next: at };
    } else if (character === '}' || character === ']') {
      close(inside, at);
      open.pop();
      nested = true;
      at += 1;
      if (open.length === 0) return { next: at };
    } else if (character === ',') {
      close(inside, at);
      inside.index += 1;
      start = at += 1;
    } else if (character === ':' && inside.isMap && inside.key === undefined && /^:(\s|$)/.test(text.slice(at, at + 2))) {
      inside.key = unquoted(text.slice(start, at).trim());
      start = at += 1;
    } else {
      at += 1;
    }
  }

  const inside = open.at(-1);
  if (inside === undefined || nested) return { end: placed('text', path) };
  return inside.isMap && inside.key === undefined ? { end: placed('key', inside.path) } : { end: placed('value', childOf(inside)) };

  function placed(kind: Place['kind'], where: Path): Place {
    const from = start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0);
    return { kind, path: where, prefix: text.slice(from), start: from, column: 0, inFlow: true };
  }
}

function afterQuoted(text: string, at: number): number | undefined {
  const quote = text[at];
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '\\' && quote === '"') index += 1;
    else if (text[index] === quote) return index + 1;
  }
  return undefined;
}
