/** A real file that may grow no further in the middle of a run, and later may. */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock, Store } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';
import { createFakeClock, describeWhere } from '@telos/testkit';
import { afterEach, expect, it, vi } from 'vitest';
import { openEngine, outputsOf } from './engine.ts';
import { testStore } from './stores.ts';

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

/** How far a file may grow is a property of a connection, and the store keeps its own to itself: it is caught as it is made. */
async function openOnSmallDisk(file: string, clock: Clock): Promise<{ store: Store; limit: (pages: number) => void }> {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const store = await openSqliteStore({ path: file, clock });
  // Statements are prepared on connections.
  const database = prepare.mock.contexts.at(-1) as DatabaseSync | undefined;
  prepare.mockRestore();
  return { store, limit: (pages) => database?.exec(`PRAGMA max_page_count = ${pages}`) };
}

describeWhere(testStore === 'sqlite', 'it fills a file')('a store in a file that cannot grow', () => {
  it('a run whose disk is full waits, and goes on when there is space, with nothing lost and no step made again', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
    closing.push(async () => rmSync(folder, { recursive: true }));
    const clock = createFakeClock();
    const { store, limit } = await openOnSmallDisk(path.join(folder, 'telos.db'), clock);
    closing.push(() => store.close());
    const ran: number[] = [];
    const engine = await openEngine({
      store,
      clock,
      tools: {
        act: ({ i }) => {
          ran.push(Number(i));
          // The third result, of 3 MB, finds no room.
          if (i === 2) limit(200);
          return String(i).repeat(3_000_000);
        },
        count: ({ text }) => String(text).length,
      },
    });
    closing.push(() => engine.close());
    const steps = [0, 1, 2, 3].map((i) => `  - { id: s${i}, uses: act, with: { i: ${i} } }`).join('\n');
    const run = await engine.start(
      `telos: 1\nid: t\nsteps:\n${steps}\n  - { id: n, uses: count, with: { text: "\${{ steps.s0.output + steps.s3.output }}" } }\noutputs: { n: "\${{ steps.n.output }}" }`,
    );
    for (let turn = 0; turn < 30; turn++) await clock.advance(1000);
    expect(engine.problems.some(({ message }) => message.includes('the disk is full'))).toBe(true);
    expect(await store.runs.get(run)).toMatchObject({ status: 'running' });
    expect(ran).toEqual([0, 1, 2]);

    limit(1_000_000);
    for (let turn = 0; turn < 3; turn++) await clock.advance(1000);
    expect(outputsOf(await engine.ended(run))).toEqual({ n: 6_000_000 });
    expect(ran).toEqual([0, 1, 2, 3]);
  });
});
