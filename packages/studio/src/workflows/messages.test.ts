import type { CheckResult } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { lineOfStep, marksOf, messagesOf, offsetOf } from './messages.ts';

const text = 'telos: 1\nid: a\nsteps:\n  - id: load\n    uses: transform\n  - { id: send, uses: http }\n';

describe('what the compiler says of a text', () => {
  const refused: CheckResult = {
    valid: false,
    errors: [
      { path: 'steps[1]', message: 'no such tool', line: 6, column: 17, hint: 'did you mean http.request?' },
      { path: '', message: 'no outputs' },
      { path: 'steps[0]', message: 'unknown key', line: 4, column: 5 },
    ],
  };

  it('stands in the order of its places, with a mark on each line', () => {
    const messages = messagesOf(refused);
    expect(messages.map(({ text: said, line }) => [line, said])).toEqual([
      [undefined, 'no outputs'],
      [4, 'unknown key'],
      [6, 'no such tool'],
    ]);
    expect([...marksOf(messages)]).toEqual([
      [4, 'fault'],
      [6, 'fault'],
    ]);
  });

  it('leads to its place, or to the nearest there is', () => {
    expect(text.slice(offsetOf(text, 6, 5)).startsWith('{ id: send')).toBe(true);
    expect(offsetOf(text, 1, 500)).toBe(8);
    expect(offsetOf(text, 99, 1)).toBe(text.length);
  });
});

describe('the line of a step', () => {
  it('is the one that gives it its id, in either way of writing it', () => {
    expect(lineOfStep(text, 'load')).toBe(4);
    expect(lineOfStep(text, 'send')).toBe(6);
    expect(lineOfStep(text, 'sen')).toBeUndefined();
    expect(lineOfStep('{ "steps": [{ "id": "one" }] }', 'one')).toBe(1);
  });
});
