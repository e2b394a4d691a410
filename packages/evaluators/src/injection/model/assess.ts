/**
 * How likely a text is an attack, in the eyes of a head, and what in it weighs
 * most. The text is as bad as its worst window: a long document is not the
 * safer for what stands around an attack.
 */
import type { Pace } from '../../text/pace.ts';
import { partsOf } from '../text/analysis.ts';
import type { Part } from '../text/analysis.ts';
import type { InnerText } from '../text/decode.ts';
import type { Window } from '../text/windows.ts';
import type { HeadName } from './heads.ts';
import { headOf } from './models.ts';
import { visitWindows } from './visit-windows.ts';
import { weightsOf } from './weigh.ts';
import type { Weight } from './weigh.ts';

/** A window that counts against the text. Offsets are of the text, in UTF-16 units. */
export type Suspicion = {
  /** In (0, 1); from 0.5 on, the window is taken for an attack. */
  readonly risk: number;
  readonly head: HeadName;
  readonly start: number;
  readonly end: number;
  /** What it was found in, when that is not the text as it stands: what a code spells, what is hidden. */
  readonly inner?: Pick<InnerText, 'kind' | 'form' | 'text'>;
  /** The stretches that weighed most, heaviest first. */
  weights(): readonly Weight[];
};

/** In UTF-16 units: a longer text is looked at in blocks that overlap, so that the thread is free between them. */
const block = 16_384;
const overlap = 1024;
/** What is told of a text: its worst windows. */
const mostTold = 3;

/** The worst windows, the worst first; none for a text without words. */
export async function assess(text: string, names: readonly HeadName[], pace: Pace): Promise<readonly Suspicion[]> {
  let worst: readonly Suspicion[] = [];
  for (let start = 0; start < text.length;) {
    const end = blockEnd(text, start);
    for (const part of partsOf(text.slice(start, end))) {
      for (const name of names) worst = worstOf([...worst, ...suspicionsIn(part, name, start)]);
    }
    await pace.spend(end - start);
    if (end === text.length) break;
    start = end - overlap;
  }
  return worst;
}

/** At the end of a line, where there is one late in the block. */
function blockEnd(text: string, start: number): number {
  const end = start + block;
  if (end >= text.length) return text.length;
  const line = text.lastIndexOf('\n', end);
  return line > start + block / 2 ? line : end;
}

function suspicionsIn(part: Part, name: HeadName, offset: number): readonly Suspicion[] {
  const head = headOf(name);
  const { sum, threshold } = head;
  const found: Suspicion[] = [];
  let least = -Infinity;
  visitWindows(part, head, {
    begin: sum.begin,
    sink: sum.add,
    end: (window) => {
      const logit = sum.end() - threshold;
      if (logit <= least) return;
      found.push({
        risk: 1 / (1 + Math.exp(-logit)),
        head: name,
        ...placeOf(part, window, offset),
        weights: () => weightsOf(part, window, name, offset),
      });
      if (found.length < mostTold * 4) return;
      found.splice(0, found.length, ...worstOf(found));
      if (found.length === mostTold) least = Math.log((found.at(-1)?.risk ?? 0) / (1 - (found.at(-1)?.risk ?? 0)));
    },
  });
  return found;
}

function placeOf(part: Part, { from, to }: Window, offset: number): Pick<Suspicion, 'start' | 'end' | 'inner'> {
  const { tokens, inner } = part;
  if (inner !== undefined) {
    const { kind, form, text } = inner;
    return { start: offset + inner.start, end: offset + inner.end, inner: { kind, form, text } };
  }
  const { from: origin, original } = tokens.folded;
  const last = tokens.ends[to - 1] ?? 0;
  return {
    start: offset + (origin[tokens.starts[from] ?? 0] ?? 0),
    end: offset + (last < origin.length ? (origin[last] ?? original.length) : original.length),
  };
}

/** Of windows that share text only the worst is told. */
function worstOf(found: readonly Suspicion[]): readonly Suspicion[] {
  const kept: Suspicion[] = [];
  for (const each of found.toSorted((left, right) => right.risk - left.risk || left.start - right.start)) {
    if (kept.length === mostTold) break;
    if (kept.every(({ start, end }) => each.end <= start || end <= each.start)) kept.push(each);
  }
  return kept;
}
