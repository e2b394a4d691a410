/**
 * Makes the pictures of the README anew, from the studio as it is built now.
 *
 *   pnpm screenshots
 */
import { join } from 'node:path';
import { openBrowser } from './browser.ts';
import { breakWorkflow, briefWorkflow, holdWorkflow, reviewWorkflow } from './scripted-tools.ts';
import { buildStudio, removeStudio, serveStudio } from './serve-studio.ts';

const images = join(import.meta.dirname, '../../../docs/images');
const folder = await buildStudio();
const studio = await serveStudio(folder, { paceMs: 400 });
const browser = await openBrowser();
const context = await browser.newContext({ viewport: { width: 1360, height: 820 }, reducedMotion: 'reduce' });
const page = await context.newPage();

await studio.publish('vendor_brief', briefWorkflow);
await studio.publish('nightly_export', breakWorkflow);
await studio.publish('slow_reader', holdWorkflow);
await studio.publish('review', reviewWorkflow);
const run = await studio.start('vendor_brief', { vendor: 'Acme' }, ['nightly']);
await studio.ended(run);

await page.goto(`${studio.url}/#/runs/${run}?step=draft`);
await page.getByText('What a reader should know').first().waitFor();
await page.screenshot({ path: join(images, 'run.png') });

await page.goto(`${studio.url}/#/workflows/vendor_brief`);
const text = page.getByRole('textbox', { name: 'YAML of vendor_brief' });
await page.getByText('It compiles.').waitFor();
await page.locator('[aria-autocomplete]').waitFor();
const source = await text.inputValue();
const at = source.indexOf('    gate:');
await text.fill(`${source.slice(0, at)}    \n${source.slice(at)}`);
await page.getByText('Unsaved changes').waitFor();
await page.getByText('It compiles.').waitFor();
await page.evaluate(`document.querySelector('textarea').setSelectionRange(${at + 4}, ${at + 4})`);
await page.keyboard.type('t');
await page.getByRole('option', { name: /^timeout/ }).waitFor();
await page.screenshot({ path: join(images, 'editor.png') });

await page.setViewportSize({ width: 1360, height: 620 });
await page.goto(`${studio.url}/#/app/vendor_brief?run=${run}`);
await page.getByText('What a reader should know').waitFor();
await page.screenshot({ path: join(images, 'app.png') });

await browser.close();
await studio.close();
await removeStudio(folder);
