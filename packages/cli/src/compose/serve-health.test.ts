import { TelosError } from '@telos/core';
import { expect, it, onTestFinished } from 'vitest';
import { serveHealth } from './serve-health.ts';

it('a worker says that it lives, whether it takes work, and what it does', async () => {
  let isAway = false;
  let isDraining = false;
  const list = async () => {
    if (isAway) throw new TelosError('STORE_UNAVAILABLE', 'The store is away.');
    return { items: [] };
  };
  const { url, close } = await serveHealth(0, {
    // Safe: nothing else of it is asked for.
    store: { runs: { list } as never },
    metrics: () => ['telos_runs 1'],
    isDraining: () => isDraining,
  });
  onTestFinished(close);
  const ask = async (path: string): Promise<readonly [number, string]> => {
    const answer = await fetch(`${url}${path}`);
    return [answer.status, (await answer.text()).trim()];
  };
  expect(await ask('/healthz')).toEqual([200, '{"status":"ok"}']);
  expect(await ask('/readyz')).toEqual([200, '{"status":"ready"}']);
  expect(await ask('/metrics')).toEqual([200, 'telos_runs 1']);
  expect(await ask('/')).toEqual([404, expect.stringContaining('/readyz')]);
  isAway = true;
  expect(await ask('/readyz')).toEqual([503, '{"status":"unavailable","code":"STORE_UNAVAILABLE"}']);
  isDraining = true;
  expect(await ask('/readyz')).toEqual([503, '{"status":"draining"}']);
  expect(await ask('/healthz')).toEqual([200, '{"status":"ok"}']);
  await expect(
    serveHealth(Number(new URL(url).port), {
      store: { runs: { list } as never },
      metrics: () => [],
      isDraining: () => false,
    }),
  ).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});
