/** Channels of Redis that one connection listens to; they are subscribed anew whenever it connects. */
import type { RedisClient } from './redis-client.ts';
import { connected } from './redis-client.ts';

export interface Subscriber {
  /** Calls `listener` with what is published on `channel` from soon on. Gives back what ends it. */
  listen(channel: string, listener: (message: string) => void): () => void;
  close(): void;
}

/** @param client Its own: a connection that subscribes does nothing else. */
export function createSubscriber(client: RedisClient): Subscriber {
  const channels = new Map<string, Set<(message: string) => void>>();
  let started = false;

  /** A failure here is a connection that breaks; it subscribes to all when it is back. */
  function ask(act: 'subscribe' | 'unsubscribe', ...names: string[]): void {
    if (client.status === 'ready' && names.length > 0) client[act](...names).catch(() => undefined);
  }

  function start(): void {
    if (started) return;
    started = true;
    client.on('ready', () => ask('subscribe', ...channels.keys()));
    client.on('message', (channel: string, message: string) => {
      for (const listener of channels.get(channel) ?? []) listener(message);
    });
    connected(client).catch(() => undefined);
  }

  return {
    listen(channel, listener) {
      start();
      // Wrapped, so that one function that listens twice is two listeners, each with its own end.
      const own = (message: string): void => listener(message);
      const listeners = channels.get(channel);
      if (listeners === undefined) {
        channels.set(channel, new Set([own]));
        ask('subscribe', channel);
      } else {
        listeners.add(own);
      }
      return () => {
        const left = channels.get(channel);
        if (left?.delete(own) !== true || left.size > 0) return;
        channels.delete(channel);
        ask('unsubscribe', channel);
      };
    },
    close: () => client.disconnect(),
  };
}
