import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { views, withStudio } from './with-studio.ts';
import type { View } from './browser.ts';

const served = withStudio();
const { visit, finished } = served;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telos-share-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Saves a run as a reader does, and opens the file without any server. */
async function shared(run: string, view?: View) {
  const open = await visit(`#/runs/${run}`, view);
  const saving = open.page.waitForEvent('download');
  await open.page.getByRole('button', { name: 'Share' }).click();
  const download = await saving;
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  await open.page.goto(pathToFileURL(file).href);
  return open;
}

describe('a run that is shared', () => {
  it('is a file that shows what went in, what came out and every step, without a server', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme <b>&amp;</b>' });
    const { page, seen } = await shared(run);
    expect(page.url()).toMatch(/^file:.*vendor_brief-[0-9a-f]{8}\.html$/);
    await seen('Acme <b>&amp;</b>');
    const step = page.locator('details.step').filter({ hasText: 'draft' });
    await step.locator('summary').focus();
    await page.keyboard.press('Enter');
    await step.getByText('336 characters are enough.').waitFor();
    expect(await page.locator('.step').count()).toBe(11);
  });

  it('says why it failed', async () => {
    const { seen } = await shared(await finished('nightly_export'));
    await seen('Why it failed');
    await seen(/503: maintenance/);
  });

  it.each(views)('on %s can be used by everyone, and needs no scrolling sideways', async (_, view) => {
    const { page, violations } = await shared(await finished('vendor_brief', { vendor: 'Acme' }), view);
    for (const step of await page.locator('details.step summary').all()) await step.click();
    expect(await violations()).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
  });
});
