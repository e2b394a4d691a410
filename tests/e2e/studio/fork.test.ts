import { describe, expect, it } from 'vitest';
import { withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, finished } = served;

describe('a fork from a step', () => {
  it('is made with the keyboard alone: another input, what effects do, and it lands on the new run', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page, violations } = await visit(`#/runs/${run}?step=draft`);
    await page.locator('[role="treeitem"][aria-selected="true"]').filter({ hasText: 'draft' }).waitFor();
    await page.keyboard.press('f');
    const form = page.getByRole('dialog', { name: 'Fork from draft' });
    await form.getByRole('radio', { name: 'is done again' }).waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Write one line.');
    for (const key of ['Tab', 'Tab', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL((address) => address.hash.startsWith('#/runs/') && !address.hash.includes(run));
    await page.getByRole('link', { name: run }).waitFor();
    const fork = new URL(page.url()).hash.split('/')[2] ?? '';
    await served.studio.ended(fork);
    const { fork: origin } = await detailOf(fork);
    expect(origin).toMatchObject({ run, from: ['draft'], side_effects: 'recorded' });
    await page.getByRole('treeitem', { name: /^draft/ }).click();
    await page.getByRole('complementary').getByText('Write one line.').first().waitFor();
  });

  it('keeps the step and gives it another output, sending only what has changed', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page, seen } = await visit(`#/runs/${run}?step=findings[1].search`);
    await page.getByRole('link', { name: 'Fork from here…' }).click();
    await page.getByRole('radio', { name: 'is kept, with another output' }).check();
    await page.getByRole('button', { name: 'Start the fork' }).click();
    await seen('Nothing is changed yet');
    const results = page.getByRole('textbox', { name: /^results/ });
    const before = await results.inputValue();
    await results.fill('[');
    await page.getByRole('button', { name: 'Start the fork' }).click();
    await seen('This is not JSON');
    await results.fill(before.replace('result 1', 'a better one'));
    const sent = page.waitForRequest(/\/fork$/);
    await page.getByRole('button', { name: 'Start the fork' }).click();
    expect((await sent).postDataJSON()).toEqual({
      from: [],
      set: { 'steps.findings[1].search.output.results[0].title': expect.stringContaining('a better one') },
      side_effects: 'live',
    });
    await page.getByRole('link', { name: run }).waitFor();
  });

  it('begins with the inputs of the run, and says what the server refuses', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page, seen } = await visit(`#/runs/${run}/fork?step=draft`);
    await page.getByText('Inputs of the run').click();
    const vendor = page.getByRole('textbox', { name: /^vendor/ });
    expect(await vendor.inputValue()).toBe('Acme');
    await vendor.fill('A');
    await page.getByRole('button', { name: 'Start the fork' }).click();
    await page.getByRole('alert').waitFor();
    await seen(/Compare with/);
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Step draft' }).waitFor();
  });

  async function detailOf(run: string): Promise<{ readonly fork?: unknown }> {
    const answer = await fetch(`${served.studio.url}/v1/runs/${run}`);
    return (await answer.json()) as { readonly fork?: unknown }; // a run's detail
  }
});
