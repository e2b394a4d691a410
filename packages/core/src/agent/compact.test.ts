import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../ports/models.ts';
import { compacted } from './compact.ts';

const said = (n: number): ChatMessage => ({
  role: 'assistant',
  text: '',
  toolCalls: [{ id: `c${n}`, name: 'look', input: { n } }],
});
const gave = (n: number, length = 1000): ChatMessage => ({
  role: 'tool',
  toolCallId: `c${n}`,
  text: `${n} `.padEnd(length, 'x'),
});
const asked: ChatMessage = { role: 'user', text: 'How many?' };

/** The conversation after so many turns, each of which made a call. */
const after = (turns: number, length?: number): readonly ChatMessage[] => [
  asked,
  ...Array.from({ length: turns }, (_, n) => [said(n), gave(n, length)]).flat(),
];
const within = (tokens: number) => ({ strategy: 'drop_results' as const, tokens });
const cutIn = (messages: readonly ChatMessage[]): readonly number[] =>
  messages.flatMap((message, index) => (message.text.includes('were shown before') ? [index] : []));

describe('dropping results', () => {
  it('leaves a conversation alone that is within its size', () => {
    const messages = after(3);
    expect(compacted(messages, within(1000))).toBe(messages);
  });

  it('cuts the oldest results to their beginnings once the size is passed, until half of it is free', () => {
    // Four results and their calls are more than 4,000 characters.
    const shown = compacted(after(4), within(1000));
    expect(cutIn(shown)).toEqual([2, 4, 6]);
    expect(shown[2]?.text).toMatch(/^0 x+\n\(800 characters more were shown before\.\)$/);
    expect(shown.at(-1)).toEqual(gave(3));
  });

  it('cuts no more until the size is passed again, so that what was shown stays as it was', () => {
    expect(cutIn(compacted(after(5), within(1000)))).toEqual([2, 4, 6]);
    const shown = compacted(after(6), within(1000));
    expect(shown.slice(0, 9)).toEqual(compacted(after(5), within(1000)).slice(0, 9));
  });

  it('never cuts what the model has not seen, however much that is', () => {
    const many: readonly ChatMessage[] = [
      asked,
      said(0),
      gave(0, 5000),
      { ...said(1), toolCalls: ['a', 'b'].map((id) => ({ id, name: 'look', input: {} })) } as ChatMessage,
      { ...gave(1, 9000), toolCallId: 'a' } as ChatMessage,
      { ...gave(2, 9000), toolCallId: 'b' } as ChatMessage,
    ];
    expect(cutIn(compacted(many, within(1000)))).toEqual([2]);
  });

  it('leaves short results, what was asked and what the model said as they are', () => {
    const messages = after(8, 200);
    expect(compacted(messages, within(10))).toEqual(messages);
  });

  it('changes no more than the texts of results, and never takes back a cut', () => {
    const lengths = fc.array(fc.nat(3000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 3000 }), (results, tokens) => {
        const whole = [asked, ...results.flatMap((length, n) => [said(n), gave(n, length)])];
        let before: readonly number[] = [];
        for (let turns = 1; turns <= results.length; turns++) {
          const messages = whole.slice(0, 1 + 2 * turns);
          const shown = compacted(messages, within(tokens));
          expect(shown.map((message, index) => ({ ...message, text: messages[index]?.text }))).toEqual(messages);
          const cut = cutIn(shown);
          expect(cut.slice(0, before.length)).toEqual(before);
          before = cut;
        }
      }),
    );
  });
});
