import { TelosError } from '@telos/core';
import type { ChatPart, Clock } from '@telos/core';

/**
 * Gives up a stream that sends nothing for `silenceMs`, by the clock: what
 * `open` started is aborted and MODEL_TIMEOUT thrown.
 */
export async function* withSilenceLimit(
  clock: Clock,
  silenceMs: number,
  ref: string,
  signal: AbortSignal,
  open: (signal: AbortSignal) => AsyncIterable<ChatPart>,
): AsyncGenerator<ChatPart> {
  const silent = new AbortController();
  const done = new AbortController();
  let heardAt = clock.now();
  const watch = async (): Promise<void> => {
    for (let left = silenceMs; left > 0; left = heardAt + silenceMs - clock.now()) {
      await clock.sleep(left, done.signal);
      if (done.signal.aborted) return;
    }
    silent.abort(
      new TelosError('MODEL_TIMEOUT', `${ref} sent nothing for ${silenceMs} ms.`, {
        details: { model: ref, silenceMs },
      }),
    );
  };
  void watch();
  try {
    for await (const part of open(AbortSignal.any([signal, silent.signal]))) {
      heardAt = clock.now();
      yield part;
    }
  } finally {
    done.abort();
  }
}
