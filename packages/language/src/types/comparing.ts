import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { suggestion } from '../text/nearest.ts';
import type { Looking } from './trouble.ts';
import { isOnly, truth } from './type.ts';
import type { Kind, Type } from './type.ts';
import { wordsOf } from './words.ts';

/** Kinds whose values may equal each other. */
const numbers: ReadonlySet<Kind> = new Set(['int', 'uint', 'double']);

/** `==` and `!=` take anything. Between what can never be equal they ask nothing, which is seldom meant. */
export function compared(node: SyntaxNode, left: Type, right: Type, looking: Looking): Type {
  // Asking whether there is something does no harm where there always is.
  if (isOnly(left, 'null') || isOnly(right, 'null') || mayBeEqual(left, right)) return truth;
  const always = node.op === '==' ? 'false' : 'true';
  const message = `${wordsOf(left)} never equals ${wordsOf(right)}: this is always ${always}`;
  looking.odd(node.start, message, textHint(left, right) ?? textHint(right, left));
  return truth;
}

function mayBeEqual(left: Type, right: Type): boolean {
  return [...left.kinds].some((kind) => {
    if (numbers.has(kind)) return [...numbers].some((number) => right.kinds.has(number));
    if (!right.kinds.has(kind)) return false;
    const { texts } = left;
    return (
      kind !== 'string' ||
      texts === undefined ||
      right.texts === undefined ||
      [...texts].some((text) => right.texts?.has(text))
    );
  });
}

/** The text that was meant, where one of a few was to be written. */
function textHint({ texts: written }: Type, { texts: known }: Type): string | undefined {
  const [only] = written?.size === 1 ? written : [];
  if (only === undefined || known === undefined) return undefined;
  return suggestion(only, known) ?? `it is one of ${[...known].slice(0, 12).join(', ')}`;
}
