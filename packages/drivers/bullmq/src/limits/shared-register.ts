import type { Register, Update } from '@telos/core';

/** Texts that are replaced if they are still what they were: all that a register needs of a server. */
export type Cells = {
  /** The text under `key`, and the server's time in milliseconds: the same for all who ask it. */
  read(key: string): Promise<{ readonly text: string | undefined; readonly now: number }>;
  /** Says whether the text was still `expected`. */
  replace(key: string, expected: string | undefined, text: string): Promise<boolean>;
  /** Resolves when the server answers. */
  probe(): Promise<void>;
  close(): Promise<void>;
};

/** @param now Instead of the server's time: for tests, which stop it. */
export function createSharedRegister(cells: Cells, now?: () => number): Register {
  return {
    async update<T>(key: string, act: Update<T>): Promise<T> {
      for (;;) {
        const before = await cells.read(key);
        const { text, result } = act(before.text, now?.() ?? before.now);
        if (await cells.replace(key, before.text, text)) return result;
      }
    },
  };
}
