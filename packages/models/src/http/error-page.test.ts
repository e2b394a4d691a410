import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf, listen, testModels, user } from '../testing/test-models.ts';

/** A server whose answer to everything is a 500 and a page without an end. */
async function serveEndlessPage() {
  let sent = 0;
  const closed = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    response.writeHead(500, { 'content-type': 'text/html' });
    const chunk = 'too much to say '.repeat(4096);
    const write = (): void => {
      do sent += chunk.length;
      while (response.write(chunk));
    };
    response.on('drain', write).on('close', closed.resolve);
    write();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  return { url: `http://127.0.0.1:${port}`, closed: closed.promise, sent: () => sent };
}

describe.each(['openai', 'ollama'] as const)("an error page of %s's that does not end", (provider) => {
  const ask = (url: string, what: 'answer' | 'embedding') => {
    const models = testModels({
      openai: { baseUrl: url, apiKey: 'test-secret-1234' },
      ollama: { host: url },
      defaults: { embedding: `${provider}/scripted` },
    });
    return what === 'answer'
      ? models.generate({ model: `${provider}/scripted`, messages: user('Go') }, listen())
      : models.embed(['x'], new AbortController().signal);
  };

  it.each(['answer', 'embedding'] as const)(
    'is read only at its start, and closed, when an %s is asked for',
    async (what) => {
      const page = await serveEndlessPage();
      const failure = await failureOf(ask(page.url, what));
      expect(failure).toMatchObject({ code: 'MODEL_UNAVAILABLE', details: { status: 500 } });
      expect(failure.message).toContain('too much to say');
      expect(failure.message.length).toBeLessThan(500);
      await page.closed;
      // What is on its way in the buffers of the connection comes on top.
      expect(page.sent()).toBeLessThan(16_000_000);
    },
  );
});
