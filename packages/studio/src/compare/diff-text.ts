/**
 * What changed from one text to another, word by word.
 *
 * The shortest edit script by Myers' greedy algorithm, over words and what
 * stands between them; texts with very many words are compared by lines. Where
 * more differs than is worth naming, the middle is given as replaced.
 */
export type TextPart = { readonly kind: 'same' | 'removed' | 'added'; readonly text: string };

const mostWords = 20_000;
const mostEdits = 500;

/** The texts of `same` and `removed` make `a`; those of `same` and `added` make `b`. No two neighbours are of a kind. */
export function diffText(a: string, b: string): readonly TextPart[] {
  const words = [wordsOf(a), wordsOf(b)] as const;
  const [left, right] = words[0].length + words[1].length > mostWords ? [linesOf(a), linesOf(b)] : words;
  let begin = 0;
  while (begin < left.length && begin < right.length && left[begin] === right[begin]) begin += 1;
  let end = 0;
  while (
    end < left.length - begin &&
    end < right.length - begin &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end += 1;
  return joined([
    { kind: 'same', text: left.slice(0, begin).join('') },
    ...middle(left.slice(begin, left.length - end), right.slice(begin, right.length - end)),
    { kind: 'same', text: left.slice(left.length - end).join('') },
  ]);
}

function middle(left: readonly string[], right: readonly string[]): readonly TextPart[] {
  const replaced: readonly TextPart[] = [
    { kind: 'removed', text: left.join('') },
    { kind: 'added', text: right.join('') },
  ];
  return left.length === 0 || right.length === 0 ? replaced : (shortest(left, right) ?? replaced);
}

/** @returns undefined when it takes more than `mostEdits`. */
function shortest(left: readonly string[], right: readonly string[]): readonly TextPart[] | undefined {
  const limit = Math.min(mostEdits, left.length + right.length);
  /** How far along `left` each diagonal has come, and one such row for each number of edits. */
  const reached = new Map<number, number>([[1, 0]]);
  const rows: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= limit; edits += 1) {
    rows.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = goesDown(reached, diagonal, edits)
        ? (reached.get(diagonal + 1) ?? 0)
        : (reached.get(diagonal - 1) ?? 0) + 1;
      let y = x - diagonal;
      while (x < left.length && y < right.length && left[x] === right[y]) {
        x += 1;
        y += 1;
      }
      reached.set(diagonal, x);
      if (x >= left.length && y >= right.length) return walkBack(left, right, rows);
    }
  }
  return undefined;
}

function goesDown(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (reached.get(diagonal - 1) ?? -1) < (reached.get(diagonal + 1) ?? -1);
}

function walkBack(
  left: readonly string[],
  right: readonly string[],
  rows: readonly ReadonlyMap<number, number>[],
): readonly TextPart[] {
  const parts: TextPart[] = [];
  let x = left.length;
  let y = right.length;
  for (let edits = rows.length - 1; edits >= 0; edits -= 1) {
    const row = rows[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const from = goesDown(row, diagonal, edits) ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : (row.get(from) ?? 0);
    const fromY = edits === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      parts.push({ kind: 'same', text: left[x] ?? '' });
    }
    if (edits === 0) break;
    if (x > fromX) parts.push({ kind: 'removed', text: left[--x] ?? '' });
    else parts.push({ kind: 'added', text: right[--y] ?? '' });
  }
  return parts.toReversed();
}

/** Neighbours of a kind become one; of a change, what was removed comes before what was added. */
function joined(parts: readonly TextPart[]): readonly TextPart[] {
  const list: TextPart[] = [];
  let removed = '';
  let added = '';
  const settle = () => {
    if (removed !== '') list.push({ kind: 'removed', text: removed });
    if (added !== '') list.push({ kind: 'added', text: added });
    removed = '';
    added = '';
  };
  for (const { kind, text } of parts) {
    if (text === '') continue;
    if (kind === 'removed') removed += text;
    else if (kind === 'added') added += text;
    else {
      settle();
      const last = list.at(-1);
      if (last?.kind === 'same') list[list.length - 1] = { kind, text: last.text + text };
      else list.push({ kind, text });
    }
  }
  settle();
  return list;
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|\s|[^\p{L}\p{N}_\s]/gu) ?? [];
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
