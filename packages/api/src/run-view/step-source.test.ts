import type { StoredProgram } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { begun, created, journal, programHash, started } from '../testing/journal.ts';
import { foldRun } from './fold-run.ts';
import { stepSource } from './step-source.ts';

const own = 'telos: 1\nid: brief\nsteps:\n  - { id: first, uses: transform }\n  - { id: work, workflow: child }\n';
const child = 'telos: 1\nid: child\nsteps:\n  - { id: search, uses: web.search }\n';
const opened = (path: string, workflow: string) =>
  ({ type: 'block.opened', path, opening: { workflow, inputs: { value: {} } } }) as const;

async function found(path: string, sources: { readonly [hash: string]: string | undefined }) {
  const folded = foldRun(journal(created, started, begun('work'), opened('work', 'c1'), begun('work#1.search')));
  if (folded === undefined) throw new Error('the journal begins with run.created');
  const get = async (hash: string): Promise<StoredProgram | undefined> => {
    const source = sources[hash];
    const id = hash === 'c1' ? 'child' : 'brief';
    return hash in sources
      ? { id, hash, program: {}, storedAt: 0, ...(source === undefined ? {} : { source }) }
      : undefined;
  };
  const source = await stepSource({ get }, folded, path);
  return source === undefined ? undefined : [source.workflow, source.program, source.line, source.text];
}

describe('where a step of a run is written', () => {
  const sources = { [programHash]: own, c1: child };

  it('is its line in the workflow of the run', async () => {
    expect(await found('work', sources)).toEqual(['brief', programHash, 5, '- { id: work, workflow: child }']);
  });

  it('is a line of the workflow that a step carries out, for what is inside that', async () => {
    expect(await found('work#1.search', sources)).toEqual(['child', 'c1', 4, '- { id: search, uses: web.search }']);
  });

  it('is not known when a machine wrote the plan, or nothing is stored', async () => {
    expect(await found('work#1.search', { [programHash]: own, c1: undefined })).toBeUndefined();
    expect(await found('work#1.search', { [programHash]: own })).toBeUndefined();
  });
});
