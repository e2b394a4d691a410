/** One connection to PostgreSQL that listens to channels, and connects again by itself. */
import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { pause } from '../reach.ts';

export interface Listener {
  /** Calls `heard` with what is notified on `channel` from soon on. Gives back what ends it. */
  listen(channel: string, heard: (message: string) => void): () => void;
  close(): Promise<void>;
}

const retryMs = 1000;

export function createListener(config: ClientConfig): Listener {
  const channels = new Map<string, Set<(message: string) => void>>();
  const closing = new AbortController();
  let client: Client | undefined;
  let running: Promise<void> | undefined;

  /** Connects and stays until the connection is lost, again and again. */
  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const own = new Client(config);
      const lost = Promise.withResolvers<void>();
      own.on('error', () => lost.resolve());
      own.on('end', () => lost.resolve());
      own.on('notification', ({ channel, payload = '' }) => {
        for (const heard of channels.get(channel) ?? []) heard(payload);
      });
      try {
        await own.connect();
        client = own;
        for (const channel of channels.keys()) await ask('LISTEN', channel);
        if (closing.signal.aborted) lost.resolve();
        await lost.promise;
      } catch {
        // Away: tried again below.
      }
      client = undefined;
      await own.end().catch(() => undefined);
      await pause(retryMs, closing.signal);
    }
  }

  /** A failure here is a connection that breaks; all channels are asked for when it is back. */
  async function ask(act: 'LISTEN' | 'UNLISTEN', channel: string): Promise<void> {
    await client?.query(`${act} ${client.escapeIdentifier(channel)}`).catch(() => undefined);
  }

  return {
    listen(channel, heard) {
      // Wrapped, so that one function that listens twice is two listeners, each with its own end.
      const own = (message: string): void => heard(message);
      const listeners = channels.get(channel);
      if (listeners === undefined) {
        channels.set(channel, new Set([own]));
        void ask('LISTEN', channel);
      } else {
        listeners.add(own);
      }
      running ??= run();
      return () => {
        const left = channels.get(channel);
        if (left?.delete(own) !== true || left.size > 0) return;
        channels.delete(channel);
        void ask('UNLISTEN', channel);
      };
    },
    async close() {
      closing.abort();
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}
