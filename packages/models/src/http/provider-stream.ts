import { TelosError } from '@telos/core';
import type { ChatPart } from '@telos/core';
import { providerFailure } from './provider-failure.ts';
import type { CallSite } from './provider-failure.ts';

/**
 * What every provider's stream promises, in one place: failures carry our
 * codes, an abort rejects with the signal's own reason, and a reader that stops
 * early closes the socket.
 *
 * @param open Starts the call; everything it opens must end with the signal it is given.
 */
export async function* providerStream(
  signal: AbortSignal,
  site: () => CallSite,
  open: (signal: AbortSignal) => AsyncIterable<ChatPart>,
): AsyncGenerator<ChatPart> {
  signal.throwIfAborted();
  const left = new AbortController();
  let finished = false;
  try {
    for await (const part of open(AbortSignal.any([signal, left.signal]))) {
      finished = part.type === 'finish';
      yield part;
    }
    signal.throwIfAborted();
    if (!finished) {
      const { ref, host } = site();
      throw new TelosError('MODEL_UNAVAILABLE', `${ref} at ${host} broke off before its answer was complete.`, {
        details: { model: ref, host },
      });
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw providerFailure(error, site());
  } finally {
    left.abort();
  }
}
