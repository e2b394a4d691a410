import { describe, expect, it } from 'vitest';
import { withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, finished } = served;

describe('the search of runs', () => {
  it('takes a condition, counts what fits, and says where one cannot be searched for', async () => {
    await finished('vendor_brief', { vendor: 'Acme' }, ['nightly']);
    await finished('vendor_brief', { vendor: 'Globex' });
    await finished('nightly_export');
    const { page, seen, violations } = await visit('');
    const links = page.getByRole('table').getByRole('link');
    await page.getByRole('button', { name: 'succeeded 2' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('cost > 0 && "nightly" in tags');
    await page.getByRole('button', { name: 'succeeded 1' }).waitFor();
    await page.getByRole('table').getByText('nightly_export').waitFor({ state: 'hidden' });
    expect(await links.allInnerTexts()).toEqual(['vendor_brief']);
    await page.keyboard.type(' && (score > 2 || !(duration > duration("1h")))');
    await page.getByRole('button', { name: 'succeeded 1' }).waitFor();
    await page.keyboard.type(' && mood > 0.5');
    await seen(/cannot be searched by `mood`/);
    expect(await page.getByRole('searchbox').getAttribute('aria-invalid')).toBe('true');
    expect(await violations()).toEqual([]);
  });

  it('is kept under a name in this browser, and its address shows the same to anybody', async () => {
    await finished('vendor_brief', { vendor: 'Acme' });
    await finished('nightly_export');
    const { page, seen } = await visit('#/runs?q=status+%3D%3D+%22failed%22');
    await seen('TOOL_FAILED');
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.keyboard.type('What broke');
    await page.keyboard.press('Enter');
    await page.goto(`${served.studio.url}/#/runs`);
    await page.getByRole('table').getByText('vendor_brief').waitFor();
    await page.reload();
    await page.getByRole('combobox', { name: 'Saved views' }).selectOption('What broke');
    await page.getByRole('table').getByText('vendor_brief').waitFor({ state: 'hidden' });
    expect(decodeURIComponent(new URL(page.url()).hash.replaceAll('+', ' '))).toBe('#/runs?q=status == "failed"');
    await page.getByRole('button', { name: 'Forget view' }).click();
    await page.getByRole('button', { name: 'Save view' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Saved views' }).count()).toBe(0);
  });
});
