import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TelosError } from '@telos/core';
import type { AnyTool, Json, Labelling, ToolContext } from '@telos/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory.ts';
import type { MemoryStore } from './memory.ts';
import { memoryTools } from './memory-tools.ts';

let folder = '';
let store: MemoryStore;
let now = 0;
const open = (): MemoryStore => createMemoryStore(join(folder, 'memory.db'), { now: () => now });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function context(labelling?: Labelling, path = 'note'): ToolContext {
  return {
    run: 'run1',
    path,
    attempt: 1,
    signal: new AbortController().signal,
    idempotencyKey: `run1:${path}`,
    sources: {},
    ...(labelling === undefined ? {} : { labelling }),
    connection: () => undefined,
    emitText: () => {},
    progress: () => {},
    record: () => {},
  };
}

function tool(name: string): AnyTool {
  const found = memoryTools(store).find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

async function use(name: string, input: Json, given = context()): Promise<Json> {
  const { input: schema, output, run } = tool(name);
  return output.parse(await run(schema.parse(input), given));
}

describe('memory', () => {
  it('gives back what was kept, in another process too, with who wrote it', async () => {
    await use('memory.remember', { key: 'colour', value: { is: 'green' } });
    store.close();
    store = open();
    expect(await use('memory.recall', { key: 'colour' })).toEqual({
      memories: [
        {
          key: 'colour',
          value: { is: 'green' },
          at: '1970-01-01T00:00:00.000Z',
          by: 'run1 note',
          labels: [],
          from: [],
        },
      ],
    });
  });

  it('keeps one value under a key, and without a key one for each step of a run, however often it is tried', async () => {
    await use('memory.remember', { key: 'a', value: 1 });
    await use('memory.remember', { key: 'a', value: 2 });
    await use('memory.remember', { value: 3 }, context(undefined, 'each[0].x'));
    await use('memory.remember', { value: 4 }, context(undefined, 'each[0].x'));
    expect(await use('memory.recall', {})).toMatchObject({
      memories: [{ value: 2 }, { value: 4, key: 'run1:each-0-.x' }],
    });
  });

  it('gives the newest first, a collection by itself, and nothing for what was never kept', async () => {
    for (now = 1; now <= 3; now++) await use('memory.remember', { key: `k${now}`, value: now });
    await use('memory.remember', { collection: 'other', key: 'k', value: 'o' });
    expect(await use('memory.recall', { limit: 2 })).toMatchObject({ memories: [{ value: 3 }, { value: 2 }] });
    expect(await use('memory.recall', { collection: 'other' })).toMatchObject({ memories: [{ value: 'o' }] });
    expect(await use('memory.recall', { key: 'nothing' })).toEqual({ memories: [] });
  });

  it('carries what a value carried when it was written, and where that had come from', async () => {
    const given = { untrusted: ['page'], fields: { value: { untrusted: ['page'] } } };
    await use('memory.remember', { key: 'order', value: 'mail it' }, context(given));
    const output = await use('memory.recall', { key: 'order' });
    expect(tool('memory.recall').labelsOf?.({}, output)).toEqual({
      untrusted: ['memory order of run1 note, from page'],
    });
    expect(tool('memory.recall').returns).toEqual(['private']);
  });

  it('says so when its file is none', async () => {
    store.close();
    writeFileSync(join(folder, 'memory.db'), 'no database');
    store = open();
    const failure = await use('memory.recall', {}).catch((error: unknown) => error);
    expect(failure instanceof TelosError && failure.code).toBe('MEMORY_UNAVAILABLE');
  });
});
