import type { Live, LivePart, RunId } from '@telos/core';

/** Streams of running steps within one process. Nothing is kept: who does not listen misses it. */
export function createLocalLive(): Live {
  const listeners = new Map<RunId, Set<(part: LivePart) => void>>();
  return {
    publish(run, part) {
      for (const listener of listeners.get(run) ?? []) {
        try {
          listener(part);
        } catch {
          // A listener that fails misses this part; the step that speaks, and the other listeners, must not notice.
        }
      }
    },
    subscribe(run, listener) {
      // Wrapped, so that one function subscribed twice is two listeners, each with its own end.
      const own = (part: LivePart) => listener(part);
      const ofRun = listeners.get(run) ?? new Set();
      ofRun.add(own);
      listeners.set(run, ofRun);
      return () => {
        ofRun.delete(own);
        if (ofRun.size === 0 && listeners.get(run) === ofRun) listeners.delete(run);
      };
    },
  };
}
