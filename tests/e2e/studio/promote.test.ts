import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, finished } = served;

describe('a run that is promoted to a test', () => {
  it('is given as the files of a test, each to be saved', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page, seen, violations } = await visit(`#/runs/${run}`);
    await page.getByRole('link', { name: 'Promote to a test' }).click();
    await seen('telos test brief.test.yaml');
    await seen('2 private texts masked');
    expect(await violations()).toEqual([]);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save brief.test.yaml' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe('brief.test.yaml');
    expect(await readFile(await file.path(), 'utf8')).toContain(run);
    await page.keyboard.press('Escape');
    await page.getByRole('tree').waitFor();
  });

  it('is refused with the reason when it would not come out the same', async () => {
    const run = await finished('nightly_export');
    const { page, seen } = await visit('');
    const problem = { type: 'x', title: 'x', status: 422, code: 'TEST_UNSTABLE', detail: 'It was stopped half way.' };
    await page.route('**/test', (route) => route.fulfill({ status: 422, json: problem }));
    await page.goto(`${served.studio.url}/#/runs/${run}/test`);
    await seen('It was stopped half way.');
  });
});
