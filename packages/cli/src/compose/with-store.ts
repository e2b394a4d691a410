import type { Queue, RunId, Store } from '@telos/core';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/config.ts';
import { writerOf } from '../output/writer.ts';
import type { Writer } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';
import { isUnattended, unattendedAdvice } from './is-unattended.ts';
import { openStore } from './open-store.ts';

export type Desk = {
  readonly store: Store;
  readonly config: Config;
  /** Calls nobody: whoever owns a run sees in the store what is asked of it. */
  readonly queue: Pick<Queue, 'offer'>;
  readonly writer: Writer;
};

/** Opens the store for one command. */
export async function withStore<T>(terminal: Terminal, json: boolean, act: (desk: Desk) => Promise<T>): Promise<T> {
  const config = await loadConfig(terminal.environment, terminal.folder);
  const store = await openStore(config);
  try {
    return await act({ store, config, queue: { offer: async () => {} }, writer: writerOf(terminal, json) });
  } finally {
    await store.close();
  }
}

/** Tells a person when nobody is there who would do what was asked. */
export async function adviseWhenUnattended({ store, writer }: Desk, run: RunId): Promise<void> {
  if (await isUnattended(store, run)) writer.lines(unattendedAdvice);
}
