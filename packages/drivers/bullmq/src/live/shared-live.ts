/** Streams of running steps that reach listeners in every process. */
import { randomUUID } from 'node:crypto';
import { LivePart } from '@telos/core';
import type { Live, RunId } from '@telos/core';
import { z } from 'zod';
import { createOutbox } from './outbox.ts';

export type SharedLive = Live & { close(): Promise<void> };

/** How messages travel. Losing some is fine; waiting is not. */
export type LiveTransport = {
  readonly messageBytes: number;
  readonly collectMs: number;
  /** Whether messages can be sent now; connects when that has not been done. */
  isReady(): boolean;
  send(run: RunId, message: string): Promise<void>;
  listen(run: RunId, heard: (message: string) => void): () => void;
  close(): Promise<void>;
};

/** Around the parts in a message. */
const envelopeBytes = 64;

const Message = z.object({ from: z.string(), parts: z.array(LivePart) });

export function createSharedLive(transport: LiveTransport): SharedLive {
  /** Parts of this process reach its listeners directly; what comes back of them is passed over. */
  const origin = randomUUID().slice(0, 8);
  const runs = new Map<RunId, { readonly listeners: Set<(part: LivePart) => void>; readonly unlisten: () => void }>();
  const outbox = createOutbox({
    isReady: () => transport.isReady(),
    messageBytes: transport.messageBytes - envelopeBytes,
    collectMs: transport.collectMs,
    send: (run, parts) => transport.send(run, JSON.stringify({ from: origin, parts })),
  });

  let closed: Promise<void> | undefined;

  function tell(run: RunId, part: LivePart): void {
    for (const listener of runs.get(run)?.listeners ?? []) {
      try {
        listener(part);
      } catch {
        // A listener that fails misses this part; the step that speaks, and the other listeners, must not notice.
      }
    }
  }

  function hear(run: RunId, text: string): void {
    const message = readMessage(text);
    if (message === undefined || message.from === origin) return;
    for (const part of message.parts) tell(run, part);
  }

  return {
    publish(run, part) {
      tell(run, part);
      outbox.add(run, part);
    },
    subscribe(run, listener) {
      // Wrapped, so that one function subscribed twice is two listeners, each with its own end.
      const own = (part: LivePart): void => listener(part);
      let ofRun = runs.get(run);
      if (ofRun === undefined) {
        ofRun = { listeners: new Set(), unlisten: transport.listen(run, (text) => hear(run, text)) };
        runs.set(run, ofRun);
      }
      const { listeners, unlisten } = ofRun;
      listeners.add(own);
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return;
        runs.delete(run);
        unlisten();
      };
    },
    close() {
      closed ??= (async () => {
        outbox.close();
        runs.clear();
        await transport.close();
      })();
      return closed;
    },
  };
}

function readMessage(text: string): z.output<typeof Message> | undefined {
  try {
    return Message.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
