import type { ChatPart } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/test-models.ts';
import { withSilenceLimit } from './silence-limit.ts';

/** A stream whose parts the test sends one by one; it ends with its signal. */
function handFed() {
  const parts: PromiseWithResolvers<ChatPart>[] = [Promise.withResolvers()];
  return {
    send(text: string): void {
      parts.at(-1)?.resolve({ type: 'text', text });
      parts.push(Promise.withResolvers());
    },
    async *open(signal: AbortSignal): AsyncGenerator<ChatPart> {
      const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      for (const part of parts) yield await Promise.race([part.promise, aborted]);
    },
  };
}

describe('the limit of silence', () => {
  it('runs anew with every part, and ends a stream that is silent for all of it', async () => {
    const clock = createFakeClock();
    const stream = handFed();
    const never = new AbortController().signal;
    const heard = withSilenceLimit(clock, 60_000, 'openai/m', never, (signal) => stream.open(signal));
    for (const text of ['a', 'b', 'c']) {
      const next = heard.next();
      await clock.advance(50_000);
      stream.send(text);
      expect((await next).value).toEqual({ type: 'text', text });
    }
    const failure = failureOf(heard.next());
    await clock.advance(59_999);
    await clock.advance(1);
    expect(await failure).toMatchObject({ code: 'MODEL_TIMEOUT', details: { silenceMs: 60_000 } });
  });
});
