/** What the compiler says of a text, as the editor shows it. */
import type { CheckResult } from '@telos/contract';

export type Message = {
  readonly tone: 'fault' | 'warning';
  /** From 1; absent where it is about the whole. */
  readonly line?: number;
  readonly column?: number;
  readonly text: string;
  /** What to write instead, or to do. */
  readonly hint?: string;
};

/** In the order of their places; those about the whole come first. */
export function messagesOf(result: CheckResult): readonly Message[] {
  const messages = result.valid
    ? result.warnings.map(({ message, next, line, column }): Message => made('warning', message, next, line, column))
    : result.errors.map(({ message, hint, line, column }): Message => made('fault', message, hint, line, column));
  return messages.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function made(tone: Message['tone'], text: string, hint?: string, line?: number, column?: number): Message {
  return {
    tone,
    text,
    ...(hint === undefined ? {} : { hint }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

/** The worst of each line that has one. */
export function marksOf(messages: readonly Message[]): ReadonlyMap<number, Message['tone']> {
  const marks = new Map<number, Message['tone']>();
  for (const { line, tone } of messages) if (line !== undefined && marks.get(line) !== 'fault') marks.set(line, tone);
  return marks;
}

/** Where a place stands in a text, from 0; the end of it when it is beyond. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const end = text.indexOf('\n', start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + column - 1, end === -1 ? text.length : end);
}

/** The line that gives a step its id; the first when two lists have the same. Undefined when it is written another way. */
export function lineOfStep(text: string, id: string): number | undefined {
  const at = text.split('\n').findIndex((line) => new RegExp(`(^|[\\s{,"-])"?id"?:\\s*["']?${id}["']?\\s*([,}#]|$)`).test(line));
  return at === -1 ? undefined : at + 1;
}
