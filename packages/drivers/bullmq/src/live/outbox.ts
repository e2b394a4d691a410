/**
 * What is still to be sent to other processes: little, and not for long.
 *
 * Parts of one run that come close together go out in one message. What does not fit,
 * or could not be sent within a second, is dropped: it was worth showing, not keeping.
 */
import type { LivePart, RunId } from '@telos/core';

export interface Outbox {
  /** Never waits. */
  add(run: RunId, part: LivePart): void;
  close(): void;
}

export type OutboxOptions = {
  /** Whether messages can be sent now. */
  readonly isReady: () => boolean;
  /** Sends the parts of one run. A rejection is a loss that nobody minds. */
  readonly send: (run: RunId, parts: readonly LivePart[]) => Promise<void>;
  /** The most text in one message, in bytes of JSON. */
  readonly messageBytes: number;
  /** How long parts wait for others. */
  readonly collectMs: number;
};

/** Kept for all runs together. */
const outboxBytes = 256 * 1024;
const staleMs = 1000;
/** Messages on their way at a time. */
const sendingAtMost = 64;

export function createOutbox({ isReady, send, messageBytes, collectMs }: OutboxOptions): Outbox {
  let waiting = new Map<RunId, { readonly part: LivePart; readonly bytes: number }[]>();
  let bytes = 0;
  let sending = 0;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function flush(): void {
    timer = undefined;
    if (!isReady() && performance.now() - since < staleMs) {
      arm();
      return;
    }
    const batch = isReady() ? waiting : new Map<never, never>();
    waiting = new Map();
    bytes = 0;
    for (const [run, entries] of batch) for (const parts of messagesOf(entries)) post(run, parts);
  }

  function* messagesOf(entries: readonly { readonly part: LivePart; readonly bytes: number }[]): Iterable<LivePart[]> {
    let parts: LivePart[] = [];
    let size = 0;
    for (const entry of entries) {
      if (size > 0 && size + entry.bytes > messageBytes) {
        yield parts;
        parts = [];
        size = 0;
      }
      parts.push(entry.part);
      size += entry.bytes;
    }
    yield parts;
  }

  function post(run: RunId, parts: readonly LivePart[]): void {
    if (sending >= sendingAtMost) return;
    sending += 1;
    void send(run, parts)
      .catch(() => undefined)
      .finally(() => (sending -= 1));
  }

  function arm(): void {
    timer ??= setTimeout(flush, collectMs).unref();
  }

  return {
    add(run, part) {
      if (isClosed) return;
      if (bytes === 0) since = performance.now();
      for (const piece of piecesOf(part, messageBytes)) {
        // With the comma between it and the next.
        const size = bytesOf(piece) + 1;
        if (size > messageBytes || bytes + size > outboxBytes) continue;
        bytes += size;
        const ofRun = waiting.get(run);
        if (ofRun === undefined) waiting.set(run, [{ part: piece, bytes: size }]);
        else ofRun.push({ part: piece, bytes: size });
      }
      arm();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      waiting.clear();
    },
  };
}

/** A text that is too long for one message, in pieces. */
function piecesOf(part: LivePart, messageBytes: number): readonly LivePart[] {
  if (part.type === 'progress' || bytesOf(part) < messageBytes) return [part];
  // A letter is at most 6 bytes in JSON, and a piece carries its path besides.
  const letters = Math.max(1, Math.floor((messageBytes - 1 - bytesOf({ ...part, text: '' })) / 6) - 1);
  const pieces: LivePart[] = [];
  for (let at = 0; at < part.text.length;) {
    const end = at + letters;
    // Not between the two halves of one character.
    const cut = /[\uD800-\uDBFF]/.test(part.text.charAt(end - 1)) ? end + 1 : end;
    pieces.push({ ...part, text: part.text.slice(at, cut) });
    at = cut;
  }
  return pieces;
}

function bytesOf(part: LivePart): number {
  return Buffer.byteLength(JSON.stringify(part));
}
