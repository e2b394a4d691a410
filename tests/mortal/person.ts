/** A person who answers what waits: looks into the log for what became of a step in doubt, and sends the signals that are waited for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ListedWait, Message, Store } from '@telos/core';
import { callsIn } from './logging-tools.ts';

export interface Person {
  /** Steps in doubt that were answered. */
  readonly doubts: number;
  leave(): Promise<void>;
}

/** @param log Of the calls; absent when nothing comes into doubt. */
export function startPerson(store: Store, log?: string): Person {
  const over = new AbortController();
  /** How often each wait was answered. A signal is for a name, and goes to the first wait for it: another one's answer may be taken for this. */
  const answered = new Map<string, number>();
  let doubts = 0;

  function answerTo({ run, path, id, kind, wait }: ListedWait, before: number): Message | undefined {
    if (kind === 'signal' && wait?.kind === 'signal')
      return { id: `signal ${path} ${before}`, kind: 'signal', name: wait.name, payload: { value: wait.name } };
    if (before > 0 || kind !== 'in_doubt' || log === undefined) return undefined;
    const isSent = callsIn(log).some((call) => call.run === run && call.path === path && call.tool === 'send');
    const to = path.slice(path.lastIndexOf('.') + 1);
    const as = isSent ? { as: 'succeed' as const, output: { value: `sent to ${to}` } } : { as: 'retry' as const };
    return { id: `doubt ${id}`, kind: 'resolve', path, ...as };
  }

  async function look(): Promise<void> {
    for (const wait of (await store.waits.list({ kind: ['in_doubt', 'signal'] }, 200)).items) {
      const key = `${wait.run} ${wait.id}`;
      const before = answered.get(key) ?? 0;
      const answer = answerTo(wait, before);
      if (answer === undefined) continue;
      // Who sends signals takes their time: a run that waits is let go, and who holds it has missed that.
      if (wait.kind === 'signal' && (await store.runs.get(wait.run))?.status !== 'waiting') continue;
      if (before > 0 && (await store.inbox.pending(wait.run)).length > 0) continue;
      await store.inbox.post(wait.run, answer);
      answered.set(key, before + 1);
      if (wait.kind === 'in_doubt') doubts += 1;
    }
  }

  const looking = (async () => {
    while (!over.signal.aborted) {
      // The store is away for this process too, now and then.
      await look().catch(() => {});
      await delay(25, undefined, { signal: over.signal }).catch(() => {});
    }
  })();

  return {
    get doubts() {
      return doubts;
    },
    async leave() {
      over.abort();
      await looking;
    },
  };
}
