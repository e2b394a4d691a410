/**
 * The fetch that the Ollama clients are given. Theirs has three gaps: an abort
 * waits for the next chunk, a failed answer loses its headers, and a line that
 * is no JSON is skipped with a word on the console.
 */
import { orHttpFailure } from '../http/http-failure.ts';

export function ollamaFetch(signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    const signals = init?.signal === undefined || init.signal === null ? [signal] : [signal, init.signal];
    const response = await orHttpFailure(await fetch(input, { ...init, signal: AbortSignal.any(signals) }));
    if (response.body === null) return response;
    return new Response(response.body.pipeThrough(onlyJsonLines()), response);
  };
}

/** Passes bytes on, and fails at the first line that is not JSON. */
function onlyJsonLines(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder();
  let open = '';
  return new TransformStream({
    transform(bytes, controller) {
      const lines = (open + decoder.decode(bytes, { stream: true })).split('\n');
      open = lines.pop() ?? '';
      for (const line of lines) assertJson(line);
      controller.enqueue(bytes);
    },
    flush() {
      assertJson(open);
    },
  });
}

function assertJson(line: string): void {
  if (line.trim() === '') return;
  try {
    JSON.parse(line);
  } catch {
    throw new Error('it sent a line that is not JSON');
  }
}
