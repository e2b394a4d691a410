import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText } from './folded-text.ts';

/** What the folded text holds at a stretch, and what that is in the original. */
function found(text: string, wanted: string): string | undefined {
  const folded = foldText(text);
  const at = folded.text.indexOf(wanted);
  if (at === -1) return undefined;
  const { start, end } = folded.original(at, at + wanted.length);
  return text.slice(start, end);
}

describe('a folded text', () => {
  it.each([
    ['call ０２０ ７９４６', '020 7946', '０２０ ７９４６'],
    ['a\u200Bn\u00ADna@x.de', 'anna@x.de', 'a\u200Bn\u00ADna@x.de'],
    ['١٢٣', '123', '١٢٣'],
    ['𝟏𝟐 𝐚', '12 a', '𝟏𝟐 𝐚'],
    ['4111\u00A01111\u20131', '4111 1111-1', '4111\u00A01111\u20131'],
    ['🙂 tel: １', 'tel: 1', 'tel: １'],
    ['x\u{E0041}y', 'xy', 'x\u{E0041}y'],
    ['१२३', '123', '१२३'],
  ])('of %j holds %j, which stands at %j', (text, wanted, original) => {
    expect(found(text, wanted)).toBe(original);
  });

  it('leaves accents, em dashes and superscripts as they are', () => {
    expect(foldText('Zoë — 10⁶ é').text).toBe('Zoë — 10⁶ é');
  });

  it('is the text itself where there is nothing to fold', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(20), fc.nat(20), (text, from, length) => {
        fc.pre(/^[\x20-\x7E]*$/.test(text) && from + length <= text.length);
        const folded = foldText(text);
        expect(folded.text).toBe(text);
        expect(folded.original(from, from + length)).toEqual({ start: from, end: from + length });
      }),
    );
  });

  it('has a way back to the original from everywhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = foldText(text);
        let last = 0;
        for (let at = 0; at < folded.text.length; at += 1) {
          const { start, end } = folded.original(at, at + 1);
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          last = start;
        }
      }),
    );
  });
});
