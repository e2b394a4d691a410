/**
 * Texts inside a text, written so that a reader passes over them and a model
 * does not: base64, hex and other number codes, escapes, Morse, rot13, written
 * backwards, letters set apart, strings to be joined. Each is found by its form
 * and kept only when it turns out to be words. One pass for each form.
 */
import { decodeBase64, decodeEscapes, decodeMorse, decodeNumbers } from './codes.ts';
import type { Folded } from './fold.ts';
import { joinedStrings, readBackwards, rotated, setApart } from './rewritten.ts';

export type InnerText = {
  /** `hidden`: nothing of it is shown. `decoded`: in a code. `rewritten`: its letters moved, changed or set apart. */
  readonly kind: 'hidden' | 'decoded' | 'rewritten';
  readonly form: string;
  readonly text: string;
  /** Where it stands, in UTF-16 units of the original. */
  readonly start: number;
  readonly end: number;
};

/** No more inner texts are looked at: the first ones tell enough. */
const most = 200;

export function innerTexts(folded: Folded): readonly InnerText[] {
  const found: InnerText[] = folded.hidden.map(({ kind, ...rest }) => ({ kind: 'hidden', form: kind, ...rest }));
  const { original } = folded;
  for (const decode of [decodeBase64, decodeNumbers, decodeEscapes, decodeMorse]) {
    for (const inner of decode(original)) found.push({ kind: 'decoded', ...inner });
  }
  const place = ({ start, end, ...rest }: { form: string; text: string; start: number; end: number }): InnerText => ({
    kind: 'rewritten',
    ...rest,
    start: folded.from[start] ?? 0,
    end: end < folded.from.length ? (folded.from[end] ?? original.length) : original.length,
  });
  for (const rewrite of [rotated, readBackwards, setApart, joinedStrings]) {
    for (const inner of rewrite(folded.text)) found.push(place(inner));
  }
  return found.slice(0, most);
}
