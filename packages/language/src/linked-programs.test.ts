import { describe, expect, it } from 'vitest';
import { link } from './link.ts';
import { createLinkedPrograms } from './linked-programs.ts';
import { compiled } from './testing/sample-catalog.ts';

const { program } = compiled('telos: 1\nid: p\nsteps: [{ id: a, uses: transform, with: { value: 1 } }]');

describe('programs that are kept linked', () => {
  it('are linked once, also where one that was at hand is asked for as stored, and the other way round', async () => {
    let links = 0;
    const programs = createLinkedPrograms({ link: (one) => ((links += 1), link(one)), loadProgram: () => program });
    const first = programs.of('a', program);
    expect(programs.of('a', program)).toBe(first);
    expect(await programs.stored('a', () => Promise.reject(new Error('It is here.')))).toBe(first);
    const second = await programs.stored('b', () => Promise.resolve({ program: {} }));
    expect(programs.of('b', program)).toBe(second);
    expect(links).toBe(2);
  });

  it('are looked for again when the store had none', async () => {
    const programs = createLinkedPrograms({ link, loadProgram: () => program });
    expect(await programs.stored('a', () => Promise.resolve(undefined))).toBeUndefined();
    expect((await programs.stored('a', () => Promise.resolve({ program: {} })))?.program).toBe(program);
  });
});
