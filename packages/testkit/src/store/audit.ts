import type { AuditEntry } from '@telos/core';
import { expect } from 'vitest';
import { aRunId } from '../builders/runs.ts';
import { expectCode, reopened } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function auditTests(test: StoreTest): void {
  const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
    at: 1000,
    by: 'anna',
    action: 'startRun',
    subject: aRunId(),
    address: '127.0.0.1',
    request: 'r-1',
    ...more,
  });

  test('keeps who had what done, also when the store is opened again', async (opened) => {
    const kept = entry();
    await opened.store.audit.append(kept);
    const store = await reopened(opened);
    expect((await store.audit.list({ subject: kept.subject ?? '' }, 10)).items).toEqual([kept]);
  });

  test('lists what was done by person, action, subject and time, last written first, in pages', async ({ store }) => {
    const by = `by-${aRunId()}`;
    const [one, two, three] = [
      entry({ by, at: 1000 }),
      entry({ by, at: 2000, action: 'cancelRun', subject: 'a\u0000b' }),
      entry({ by, at: 3000 }),
    ];
    for (const written of [one, two, three]) await store.audit.append(written);
    const { by: _by, subject: _subject, ...bare } = entry({ at: 2000 });
    await store.audit.append(bare);
    const actions = async (filter: Parameters<typeof store.audit.list>[0]) =>
      (await store.audit.list({ by, ...filter }, 10)).items.map(({ at }) => at);
    expect(await actions({})).toEqual([3000, 2000, 1000]);
    expect(await actions({ action: 'cancelRun' })).toEqual([2000]);
    expect(await actions({ subject: one.subject ?? '' })).toEqual([1000]);
    expect(await actions({ subject: two.subject ?? '' })).toEqual([2000]);
    expect(await actions({ since: 2000 })).toEqual([3000, 2000]);
    expect(await actions({ until: 2000 })).toEqual([1000]);
    const first = await store.audit.list({ by }, 2);
    expect(first.items).toHaveLength(2);
    expect(await store.audit.list({ by }, 2, first.next)).toEqual({ items: [one] });
    expect((await store.audit.list({}, 1)).items).toEqual([bare]);
  });

  test('refuses a page of the audit log that is none', async ({ store }) => {
    await expectCode(store.audit.list({}, 0), 'PAGE_INVALID');
    await expectCode(store.audit.list({}, 10, 'nonsense'), 'PAGE_INVALID');
  });
}
