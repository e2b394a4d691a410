import type { ChatPart } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { providerStream } from './provider-stream.ts';

const site = () => ({ ref: 'openai/m', host: 'llm.example', notFound: 'MODEL_UNKNOWN' as const, now: 0 });
const text: ChatPart = { type: 'text', text: 'a' };
const finish: ChatPart = { type: 'finish', reason: 'stop', inputTokens: 1, outputTokens: 1 };

async function read(parts: AsyncIterable<ChatPart>): Promise<readonly ChatPart[]> {
  return Array.fromAsync(parts);
}

describe('the stream of a provider', () => {
  it('gives every part, and ends what it opened', async () => {
    const signals: AbortSignal[] = [];
    const parts = providerStream(new AbortController().signal, site, async function* open(signal) {
      signals.push(signal);
      yield* [text, finish];
    });
    expect(await read(parts)).toEqual([text, finish]);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('ends what it opened when its reader stops early', async () => {
    const signals: AbortSignal[] = [];
    for await (const part of providerStream(new AbortController().signal, site, async function* open(signal) {
      signals.push(signal);
      yield* [text, text, finish];
    })) {
      expect(part).toEqual(text);
      break;
    }
    expect(signals[0]?.aborted).toBe(true);
  });

  it('rejects with the reason of an abort, whatever the client made of it', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by a person');
    const parts = providerStream(controller.signal, site, async function* open() {
      yield text;
      controller.abort(reason);
      throw new Error('AbortError');
    });
    await expect(read(parts)).rejects.toBe(reason);
    const quiet = new AbortController();
    const ending = providerStream(quiet.signal, site, async function* open() {
      yield text;
      quiet.abort(reason);
    });
    await expect(read(ending)).rejects.toBe(reason);
  });

  it('is unavailable when it ends without a finish', async () => {
    const parts = providerStream(new AbortController().signal, site, async function* open() {
      yield text;
    });
    await expect(read(parts)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });
});
