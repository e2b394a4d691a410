import { describe, expect, it } from 'vitest';
import { withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, finished } = served;

describe('a workflow as an app', () => {
  it('is a form and its rendered result, at an address that shows both to whoever it is given to', async () => {
    const { page } = await visit('#/workflows');
    await page.getByRole('link', { name: 'vendor_brief as an app' }).click();
    await page.getByRole('heading', { name: 'Vendor brief' }).waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await page.getByRole('textbox', { name: 'Vendor' }).fill('Acme');
    await page.keyboard.press('Enter');
    const result = page.getByRole('region', { name: 'What you get' });
    await result.getByText('What a reader should know').waitFor();
    await result.getByRole('cell', { name: '41 M' }).waitFor();
    const address = page.url();
    const other = await visit('');
    await other.page.goto(address);
    await other.page.getByText('What a reader should know').waitFor();
    expect(await other.page.getByRole('textbox', { name: 'Vendor' }).inputValue()).toBe('Acme');
    await other.page.getByRole('link', { name: 'How it was made' }).click();
    await other.page.getByRole('tree').waitFor();
  });

  it('says how far it is, shows what is written, and is stopped when that is wanted', async () => {
    const { page, seen } = await visit('#/app/slow_reader');
    const followed = page.waitForResponse(/\/events$/);
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await followed;
    await seen('Answer…');
    await seen('1 of 3 done');
    served.studio.held.say('The first words');
    await seen('The first words');
    await page.getByRole('button', { name: 'Stop' }).click();
    await seen('It was stopped.');
  });

  it('says in plain words why nothing came out, and keeps the rest for whoever looks after it', async () => {
    const run = await finished('nightly_export');
    const { page, seen } = await visit(`#/app/nightly_export?run=${run}`);
    const alert = page.getByRole('alert');
    await alert.getByText('Something that this needs did not answer.').waitFor();
    expect(await alert.getByText(/answered 503/).isVisible()).toBe(false);
    await page.getByText('For whoever looks after this app').click();
    await alert.getByText(/answered 503/).waitFor();
    await page.goto(`${served.studio.url}/#/app/nope`);
    await seen('There is no app at this address.');
  });

  it('shows pictures and plays sounds', async () => {
    await served.studio.publish('chart', chart);
    const run = await finished('chart');
    const { page, complaints } = await visit(`#/app/chart?run=${run}`);
    const picture = page.getByRole('img', { name: 'Picture' });
    await picture.waitFor();
    await page.waitForFunction('document.querySelector("img.picture")?.naturalWidth === 1');
    await page.locator('audio[aria-label="Sound"]').waitFor();
    expect(complaints).toEqual([]);
  });
});

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** One sample of silence. */
const silence = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==';
const chart = `telos: 1
id: chart
steps:
  - { id: draw, uses: transform, with: { value: { base64: "${pixel}", media_type: image/png } } }
  - { id: play, uses: transform, with: { value: "data:audio/wav;base64,${silence}" } }
outputs:
  picture: \${{ steps.draw.output }}
  sound: \${{ steps.play.output }}
`;
