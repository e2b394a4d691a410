import { surroundingsAt } from '../text/analysis.ts';
import type { Part } from '../text/analysis.ts';
import { featuresOf } from '../text/features.ts';
import type { Sink } from '../text/features.ts';
import { windowsOf } from '../text/windows.ts';
import type { Window } from '../text/windows.ts';
import type { Head } from './heads.ts';

/**
 * Shows each window of a part to the head that looks at it: `sink` gets the features between `begin` and `end`.
 *
 * @param only This window alone.
 */
export function visitWindows(
  part: Part,
  { shape, surroundings }: Head,
  visitor: { begin(window: Window): void; readonly sink: Sink; end(window: Window): void },
  only?: Window,
): void {
  const { tokens, occurrences } = part;
  let first = 0;
  let last = 0;
  for (const window of only === undefined ? windowsOf(tokens, shape) : [only]) {
    while ((occurrences[first]?.token ?? Infinity) < window.from) first += 1;
    if (last < first || (occurrences[last - 1]?.token ?? -1) >= window.to) last = first;
    while ((occurrences[last]?.token ?? Infinity) < window.to) last += 1;
    visitor.begin(window);
    const around = surroundings ? surroundingsAt(part, tokens.starts[window.from] ?? 0) : 0;
    featuresOf(tokens, window, occurrences, first, last, around, visitor.sink);
    visitor.end(window);
  }
}
