import type { StoredProgram } from '@telos/core';
import { expect } from 'vitest';
import { aProgram, aStoredProgram, anAction } from '../builders/programs.ts';
import { aRunId } from '../builders/runs.ts';
import { expectCode, reopened } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function programTests(test: StoreTest): void {
  const uniqueId = () => `w${aRunId().replaceAll('-', '').slice(-12)}`;
  const version = (id: string, step: string, source?: string) =>
    aStoredProgram(aProgram([anAction(step)], { id }), source === undefined ? {} : { source });

  test('keeps a program under its hash', async (opened) => {
    const [plain, withSource] = [version(uniqueId(), 'a'), version(uniqueId(), 'a', 'telos: 1 # ü')];
    await opened.store.programs.put(plain);
    await opened.store.programs.put(withSource);
    const store = await reopened(opened);
    expect(await store.programs.get(plain.hash)).toEqual(plain);
    expect(await store.programs.get(withSource.hash)).toEqual(withSource);
    expect(await store.programs.get('0'.repeat(64))).toBeUndefined();
  });

  test('changes nothing when a program is stored again', async ({ store }) => {
    const program = version(uniqueId(), 'a', 'first');
    await store.programs.put(program);
    await store.programs.put({ ...program, source: 'second', storedAt: 9999 });
    expect(await store.programs.get(program.hash)).toEqual(program);
  });

  test('gives the versions of an id newest first', async ({ store }) => {
    const id = uniqueId();
    const [one, two] = [version(id, 'one'), version(id, 'two')];
    for (const program of [one, two]) await store.programs.put(program);
    expect(await store.programs.versions(id)).toEqual([]);
    expect(await store.programs.current(id)).toBeUndefined();
    await store.programs.publish(id, one.hash, 1);
    await store.programs.publish(id, two.hash, 2);
    expect(await store.programs.versions(id)).toEqual([two, one]);
    expect(await store.programs.current(id)).toBe(two.hash);
  });

  test('makes an older version current when it is published again', async ({ store }) => {
    const id = uniqueId();
    const [one, two] = [version(id, 'one'), version(id, 'two')];
    for (const program of [one, two]) {
      await store.programs.put(program);
      await store.programs.publish(id, program.hash, 1);
    }
    await store.programs.publish(id, one.hash, 3);
    expect(await store.programs.versions(id)).toEqual([one, two]);
    expect(await store.programs.current(id)).toBe(one.hash);
  });

  test('lists the current version of every published id, by id', async ({ store }) => {
    const id = uniqueId();
    const [first, second] = [`${id}_a`, `${id}_b`];
    const programs = [
      version(second, 'one'),
      version(first, 'one'),
      version(first, 'two'),
      version(`${id}_c`, 'never'),
    ];
    for (const program of programs) await store.programs.put(program);
    for (const program of programs.slice(0, 3)) await store.programs.publish(program.id, program.hash, 1);
    const ours = (await store.programs.published()).filter((program) => program.id.startsWith(id));
    expect(ours).toEqual([programs[2], programs[0]]);
  });

  test('takes an id out of use and keeps its programs', async ({ store }) => {
    const program = version(uniqueId(), 'a');
    await store.programs.put(program);
    await store.programs.publish(program.id, program.hash, 1);
    expect(await store.programs.withdraw(program.id)).toBe(true);
    expect(await store.programs.withdraw(program.id)).toBe(false);
    expect(await store.programs.versions(program.id)).toEqual([]);
    expect(await store.programs.current(program.id)).toBeUndefined();
    expect((await store.programs.published()).map(({ id }) => id)).not.toContain(program.id);
    expect(await store.programs.get(program.hash)).toEqual(program);
    await store.programs.publish(program.id, program.hash, 2);
    expect(await store.programs.versions(program.id)).toEqual([program]);
  });

  test('gives the path of a webhook to one workflow, of many that are published with it at once', async (opened) => {
    const others = opened.second === undefined ? opened.store : await opened.second();
    const path = `/hook-${aRunId()}`;
    const programs = Array.from({ length: 8 }, (_, n) => version(uniqueId(), `s${n}`));
    for (const program of programs) await opened.store.programs.put(program);
    const publish = ({ id, hash }: StoredProgram, n = 0, hook: string | undefined = path) =>
      (n % 2 === 0 ? opened.store : others).programs.publish(id, hash, 1, hook);
    const outcomes = await Promise.allSettled(programs.map((program, n) => publish(program, n)));
    const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
    const [winner, loser] = [programs[won], programs[won === 0 ? 1 : 0]];
    if (winner === undefined || loser === undefined) throw new Error('nobody has the hook');
    for (const [n, outcome] of outcomes.entries()) {
      if (n === won) continue;
      expect(outcome).toMatchObject({
        reason: {
          code: 'HOOK_PATH_TAKEN',
          message: `The hook ${path} is the one of ${winner.id}; ${programs[n]?.id} cannot have it too.`,
        },
      });
      expect(await others.programs.current(programs[n]?.id ?? '')).toBeUndefined();
    }
    // Its own again, and free once a version without it is published, or it is withdrawn.
    await publish(winner);
    await publish(winner, 0, `${path}/other`);
    await publish(loser);
    await expectCode(publish(winner), 'HOOK_PATH_TAKEN');
    await expectCode(opened.store.programs.publish('x', '0'.repeat(64), 1, `${path}/x`), 'WORKFLOW_NOT_FOUND');
    await others.programs.withdraw(loser.id);
    await publish(winner);
  });

  test('refuses to publish what is not stored', async ({ store }) => {
    const id = uniqueId();
    await expectCode(store.programs.publish(id, '0'.repeat(64), 1), 'WORKFLOW_NOT_FOUND');
    expect(await store.programs.versions(id)).toEqual([]);
  });
}
