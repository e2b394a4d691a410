import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '@telos/core';

/** Knows which calls of a store are under way, so that a test's time stands still until they are answered. */
export type StoreWatch = {
  /** The same store; what a test puts in place of its methods is not watched. */
  watch(store: Store): Store;
  /** Resolves when nothing is under way, and what was answered has had its consequences. */
  idle(): Promise<void>;
};

export function createStoreWatch(): StoreWatch {
  const underWay = new Set<Promise<unknown>>();

  function note<T>(given: T): T {
    if (given instanceof Promise) {
      underWay.add(given);
      const forget = () => underWay.delete(given);
      given.then(forget, forget);
    }
    return given;
  }

  function watched<Port extends object>(port: Port): Port {
    const methods = Object.entries(port).map(([name, method]) => [
      name,
      (...given: readonly unknown[]): unknown => note((method as (...args: readonly unknown[]) => unknown)(...given)),
    ]);
    // Safe: ports are records of functions, and each is put in place of itself.
    return Object.fromEntries(methods) as Port;
  }

  async function* notedEach<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await note(iterator.next());
      if (done === true) return;
      yield value;
    }
  }

  return {
    watch({ journal, close, ...ports }) {
      return {
        journal: {
          ...watched(journal),
          read: (...given) => notedEach(journal.read(...given)),
          // Whoever follows waits for what is to come.
          follow: (...given) => journal.follow(...given),
        },
        leases: watched(ports.leases),
        inbox: watched(ports.inbox),
        runs: watched(ports.runs),
        waits: watched(ports.waits),
        claims: watched(ports.claims),
        callbacks: watched(ports.callbacks),
        audit: watched(ports.audit),
        keys: watched(ports.keys),
        rates: watched(ports.rates),
        sealing: watched(ports.sealing),
        spans: watched(ports.spans),
        blobs: watched(ports.blobs),
        programs: watched(ports.programs),
        marks: watched(ports.marks),
        retention: watched(ports.retention),
        close,
      };
    },
    async idle() {
      do {
        await Promise.allSettled(underWay);
        await turn();
      } while (underWay.size > 0);
    },
  };
}
