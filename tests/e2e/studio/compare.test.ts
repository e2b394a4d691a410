import { locations } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { views, withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, finished, usable } = served;

async function forked(run: string, body: unknown): Promise<string> {
  const answer = await fetch(served.studio.url + locations.fork(run), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const receipt: unknown = await answer.json();
  const { id } = receipt as { readonly id: string }; // every receipt has one
  await served.studio.ended(id);
  return id;
}

describe('comparing two runs', () => {
  it('begins at a run, offers the others of its workflow, and shows both side by side', async () => {
    const first = await finished('vendor_brief', { vendor: 'Acme', questions: ['What do they sell?'] });
    const second = await finished('vendor_brief', { vendor: 'Globex', questions: ['What do they sell?', 'To whom?'] });
    await finished('nightly_export');
    const { page } = await visit(`#/runs/${first}`);
    await page.getByRole('link', { name: 'Compare with…' }).click();
    const others = page.getByRole('list', { name: 'Other runs of vendor_brief' }).getByRole('link');
    await others.first().waitFor();
    expect(await others.count()).toBe(1);
    await others.first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((address) => address.hash === `#/compare/${first}/${second}`);
    const figures = page.getByRole('table', { name: 'Both runs in figures' });
    await figures.waitFor();
    expect(await figures.innerText()).toMatch(
      /Status[^]*succeeded[^]*Cost[^]*\$0\.0246\s+\$0\.0246[^]*Score\s+0\.92\s+0\.92/,
    );
    const inputs = page.getByRole('region', { name: 'Inputs' });
    expect(await inputs.innerText()).toMatch(
      /questions\[1\]\s*nothing\s*→\s*"To whom\?"\s*vendor\s*"Acme"\s*→\s*"Globex"/,
    );
    await page.getByRole('region', { name: 'Outputs' }).getByText('They are the same.').waitFor();
  });

  it('aligns steps by their path, with what changed in status, cost, time and score, and texts word by word', async () => {
    const first = await finished('vendor_brief', { vendor: 'Acme', questions: ['What do they sell?'] });
    const second = await finished('vendor_brief', { vendor: 'Acme', questions: ['What do they make?', 'To whom?'] });
    const { page } = await visit(`#/compare/${first}/${second}`);
    const steps = page.getByRole('region', { name: 'Steps' });
    const search = steps.getByRole('listitem').filter({ hasText: 'findings[0].search' }).first();
    await search.getByText('output and input changed').waitFor();
    expect(await search.locator('del').allInnerTexts()).toContain('sell');
    expect(await search.locator('ins').allInnerTexts()).toContain('make');
    await steps.getByText('findings[1].search').waitFor();
    expect(await steps.innerText()).toMatch(/findings\[1\]\.search\s*not in A\s*→\s*succeeded/);
    expect(await steps.getByText('both.left.count').count()).toBe(0);
    const same = steps.getByRole('button', { name: /^Show \d+ steps that are the same$/ });
    await same.focus();
    await page.keyboard.press('Space');
    await steps.getByText('both.left.count').waitFor();
  });

  it('leads from a fork to what it came from, and says what failed in which', async () => {
    const origin = await finished('nightly_export');
    const fork = await forked(origin, { set: { 'steps.load.output': [] } });
    const { page } = await visit(`#/runs/${fork}`);
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await page.waitForURL((address) => address.hash === `#/compare/${origin}/${fork}`);
    const steps = page.getByRole('region', { name: 'Steps' });
    await steps.getByText('rows', { exact: true }).waitFor();
    expect(await steps.innerText()).toMatch(/rows\s*failed\s*→\s*succeeded[^]*A failed[^]*503: maintenance/);
    await page.getByRole('link', { name: 'Swap' }).click();
    await steps.getByText('B failed').first().waitFor({ state: 'attached' });
  });

  it('says so when one of the two does not exist', async () => {
    const run = await finished('nightly_export');
    const { page, seen } = await visit(`#/compare/${run}`);
    await seen('There is no other run of nightly_export');
    await page.getByLabel('Id of another run').fill('nope');
    await page.keyboard.press('Enter');
    await seen('There is no run nope.');
  });

  it.each(views)('on %s can be used by everyone, and needs no scrolling sideways', async (_, view) => {
    const first = await finished('vendor_brief', { vendor: 'Acme', questions: ['What do they sell?'] });
    const second = await finished('vendor_brief', { vendor: 'Globex', questions: ['What?', 'To whom?'] });
    await usable(await visit('', view), [
      [`#/compare/${first}`, 'to be compared?'],
      [`#/compare/${first}/${second}`, 'findings[1].search'],
    ]);
  });
});
