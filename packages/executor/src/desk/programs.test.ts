import { TelosError } from '@telos/core';
import type { Program, Store, StoredProgram } from '@telos/core';
import { link } from '@telos/language';
import { describe, expect, it } from 'vitest';
import { createPrograms } from './programs.ts';

const program: Program = {
  telos: 1,
  id: 'p',
  inputs: {},
  vars: {},
  tools: {},
  permissions: { allow: [], ask: [], deny: [] },
  evaluators: {},
  steps: [],
  outputs: {},
  outputReads: [],
  requires: { tools: [], checks: [], models: [], secrets: [] },
};

/** A store of which only programs are asked, and counted. */
function storeOf(get: (hash: string) => StoredProgram | undefined): { store: Store; asked: string[] } {
  const asked: string[] = [];
  const programs = {
    async get(hash: string) {
      asked.push(hash);
      return get(hash);
    },
  };
  // Nothing else of it is used.
  return { store: { programs } as unknown as Store, asked };
}

const stored = (hash: string): StoredProgram => ({ hash, id: 'p', program: {}, storedAt: 0 });
const language = { link: () => link(program), loadProgram: () => program };

describe('the programs of a process', () => {
  it('are read and linked once each, also by many at once', async () => {
    const { store, asked } = storeOf(stored);
    const programs = createPrograms(store, language);
    const [first, second] = await Promise.all([programs.linked('a'), programs.linked('a')]);
    expect(first).toBe(second);
    expect(asked).toEqual(['a']);
  });

  it('are forgotten, oldest first, when there are too many', async () => {
    const { store, asked } = storeOf(stored);
    const programs = createPrograms(store, language, 2);
    for (const hash of ['a', 'b', 'c', 'c', 'b', 'a']) await programs.linked(hash);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });

  it('are asked for again after the store has failed once', async () => {
    let fails = true;
    const { store } = storeOf((hash) => {
      if (fails) throw new TelosError('STORE_UNAVAILABLE', 'away');
      return stored(hash);
    });
    const programs = createPrograms(store, language);
    await expect(programs.linked('a')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    fails = false;
    expect((await programs.linked('a')).program).toBe(program);
  });

  it('that the store does not have are said to be missing', async () => {
    const { store } = storeOf(() => undefined);
    await expect(createPrograms(store, language).linked('a')).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});
