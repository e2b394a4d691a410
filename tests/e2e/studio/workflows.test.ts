import { describe, expect, it } from 'vitest';
import { views, withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, usable } = served;

describe('the workflows', () => {
  it('are listed with what they are for, and lead to their text and to a run', async () => {
    const { page } = await visit('');
    await page.getByRole('link', { name: 'Workflows' }).click();
    await page.getByText('Researches a vendor').waitFor();
    await page.getByRole('link', { name: 'Run vendor_brief' }).click();
    await page.locator('#input-vendor').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'vendor_brief', exact: true }).click();
    const text = page.getByRole('textbox', { name: 'YAML of vendor_brief' });
    await text.waitFor();
    expect(await text.inputValue()).toContain('on_fail: [{ repair: 2 }]');
    await page.getByText('It compiles.').waitFor();
    await page.getByRole('button', { name: 'draft llm' }).waitFor();
  });

  it('are said not to exist when they do not', async () => {
    const { seen } = await visit('#/workflows/nope');
    await seen('No workflow is published as nope.');
  });
});

describe('the editor of a workflow', () => {
  it('says what the compiler says as one types, marks the line, and leads there', async () => {
    const { page, violations } = await visit('#/workflows/slow_reader');
    const text = page.getByRole('textbox', { name: 'YAML of slow_reader' });
    await page.getByText('It compiles.').waitFor();
    const source = await text.inputValue();
    await text.fill(source.replace('uses: hold', 'uses: hodl'));
    const messages = page.getByRole('region', { name: 'Messages of the compiler' });
    await messages.getByText('1 fault.').waitFor();
    expect(await messages.innerText()).toMatch(/line 8:\d+[^]*hodl[^]*hold/);
    expect(await page.locator('.editor-lines .is-fault').allInnerTexts()).toEqual(['● 8']);
    await page.getByText('As it was when it last compiled.').waitFor();
    expect(await violations()).toEqual([]);
    await messages.getByRole('button', { name: /^line 8/ }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+End');
    expect(await page.evaluate('getSelection().toString()')).toContain('hodl');
    await text.fill(source.replace('id: after', 'id: afterwards').replace('steps.after.', 'steps.afterwards.'));
    await messages.getByText('It compiles.').waitFor();
    await page.getByRole('button', { name: 'afterwards transform' }).click();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
  });

  it('proposes what can be written, with what it is for, and takes it with the keyboard alone', async () => {
    const { page, violations } = await visit('#/workflows/slow_reader');
    const text = page.getByRole('textbox', { name: 'YAML of slow_reader' });
    await page.getByText('It compiles.').waitFor();
    await page.waitForFunction(
      'document.activeElement !== null && document.querySelector("[aria-autocomplete]") !== null',
    );
    const options = page.getByRole('listbox', { name: 'What can be written here' }).getByRole('option');
    const source = await text.inputValue();
    await text.fill(`${source.slice(0, source.indexOf('outputs:'))}  - id: more\n    `);
    await text.press('Control+End');
    await page.keyboard.press('Control+Space');
    await options.first().waitFor();
    expect(await options.count()).toBe(8);
    expect(await violations()).toEqual([]);
    await page.keyboard.type('us');
    await page.getByText('A tool, such as llm, web.search, db.query.').first().waitFor();
    await page.keyboard.press('Enter');
    await options.filter({ hasText: 'web.search' }).waitFor();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Escape']) await page.keyboard.press(key);
    await options.first().waitFor({ state: 'hidden' });
    await page.keyboard.type('tr');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.type('    wi');
    await page.keyboard.press('Enter');
    await page.keyboard.type('value: "${{ steps.answ');
    await options.filter({ hasText: 'answer' }).waitFor();
    expect(await text.getAttribute('aria-activedescendant')).toBe('completion-0');
    await page.keyboard.press('Enter');
    await page.keyboard.type('.outp');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' }}"');
    await page.getByText('It compiles.').waitFor();
    expect(await text.inputValue()).toContain(
      '  - id: more\n    uses: transform\n    with:\n      value: "${{ steps.answer.output }}"',
    );
    await page.keyboard.type('\noutputs: {}\nli');
    await options.filter({ hasText: 'limits' }).waitFor();
    await page.keyboard.press('Tab');
    await options.first().waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.tagName')).not.toBe('TEXTAREA');
  });

  it('saves a new version, keeps the ones before, and shows what has changed since', async () => {
    const { page, seen } = await visit('#/workflows/nightly_export');
    const text = page.getByRole('textbox', { name: 'YAML of nightly_export' });
    await seen('It compiles.');
    const source = await text.inputValue();
    await text.fill(source.replace('Fails where', 'Breaks where'));
    await seen('Unsaved changes');
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('link', { name: 'Workflows' }).click();
    await page.getByRole('link', { name: 'nightly_export', exact: true }).click();
    await seen('Unsaved changes');
    await text.focus();
    await page.keyboard.press('Control+s');
    await seen('Saved.');
    const [current, ...before] = await served.studio.store.programs.versions('nightly_export');
    expect(current?.source).toContain('Breaks where');
    expect(before.length).toBe(1);
    await page.getByRole('combobox', { name: 'Version' }).selectOption(before[0]?.hash ?? '');
    await page.getByText('What has changed since this version').click();
    await page.locator('ins').getByText('Breaks').waitFor();
    expect(await text.inputValue()).toBe(source);
    await page.getByRole('button', { name: 'Take this text up again' }).click();
    await seen('Unsaved changes');
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await text.inputValue()).toContain('Breaks where');
  });

  it('makes a new workflow, which can be run at once', async () => {
    const { page, seen } = await visit('#/workflows');
    await page.getByRole('link', { name: 'New workflow' }).click();
    const text = page.getByRole('textbox', { name: 'YAML of the new workflow' });
    await seen('It compiles.');
    await text.fill((await text.inputValue()).replace('id: hello', 'id: greeting'));
    await page.getByRole('button', { name: 'Save as greeting' }).click();
    await page.getByRole('heading', { name: 'greeting' }).waitFor();
    await page.getByRole('link', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start run' }).click();
    await page.getByRole('treeitem', { name: /^greeting run succeeded/ }).waitFor();
    await seen('Hello, world!');
  });

  it('says why when the server does not take the text', async () => {
    const { page, seen } = await visit('#/workflows/review');
    const text = page.getByRole('textbox', { name: 'YAML of review' });
    await seen('It compiles.');
    await text.fill((await text.inputValue()).replace('uses: transform', 'uses: nothing.known'));
    await seen('1 fault.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('nothing.known').waitFor();
  });

  it.each(views)('on %s can be used by everyone, and needs no scrolling sideways', async (_, view) => {
    await usable(await visit('', view), [
      ['#/workflows', 'Researches a vendor'],
      ['#/workflows/vendor_brief', 'It compiles.'],
      ['#/workflow', 'It compiles.'],
    ]);
  });
});
