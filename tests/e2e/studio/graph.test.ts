import { describe, expect, it } from 'vitest';
import { views, withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, finished, usable } = served;

describe('the graph of a run', () => {
  it('is a view of its steps beside the tree, kept in the address, with the state of each', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page } = await visit(`#/runs/${run}`);
    await page.getByRole('tree').waitFor();
    await page.getByRole('button', { name: 'Graph' }).click();
    const graph = page.getByRole('group', { name: /^Steps of this run/ });
    await graph.getByRole('button', { name: 'search web.search, succeeded, 3 of 3' }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/runs/${run}?view=graph`);
    const names = await graph
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    expect(names).toEqual([
      'findings foreach, succeeded',
      'search web.search, succeeded, 3 of 3',
      'note transform, succeeded, 3 of 3',
      'both parallel, succeeded',
      'count transform, succeeded',
      'label transform, succeeded',
      'draft llm, succeeded',
    ]);
    await page.getByRole('button', { name: 'Tree' }).click();
    await page.getByRole('tree').waitFor();
  });

  it('follows the run, and shows what a step does when it is chosen with the keyboard', async () => {
    const run = await served.studio.start('slow_reader');
    const { page } = await visit(`#/runs/${run}?view=graph`);
    await page.getByRole('button', { name: 'answer hold, running' }).waitFor();
    await page.getByRole('button', { name: 'after transform, pending' }).waitFor();
    await page.getByRole('button', { name: 'prepare transform, succeeded' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Step answer' }).waitFor();
    served.studio.held.open();
    await page.getByRole('button', { name: 'after transform, succeeded' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('complementary', { name: 'Step after' }).waitFor();
  });

  it('leads from a step of many instances to the one that failed', async () => {
    const run = await finished('nightly_export');
    const { page } = await visit(`#/runs/${run}?view=graph`);
    await page.getByRole('button', { name: /^send break, failed/ }).click();
    await page.getByRole('complementary', { name: /Step rows\[[01]\]\.send/ }).waitFor();
  });

  it.each(views)('on %s can be used by everyone, and needs no scrolling sideways', async (_, view) => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const failed = await finished('nightly_export');
    await usable(await visit('', view), [
      [`#/runs/${run}?view=graph`, '3/3'],
      [`#/runs/${failed}?view=graph`, '2/2'],
    ]);
  });
});
