/** Objectives with the real planner behind `telos serve`: by rules, for no model is reachable that could write a plan. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ShownPlan } from '@telos/contract';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { telosFolder } from '../telos-process.ts';
import { openBrowser, openPage } from './browser.ts';
import type { OpenPage, View } from './browser.ts';
import { buildStudio, removeStudio } from './serve-studio.ts';
import { views } from './with-studio.ts';

const folder = telosFolder();
let built: string;
let browser: Browser;
let url: string;

beforeAll(async () => {
  [built, browser, { url }] = await Promise.all([buildStudio(), openBrowser(), folder.serve()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await removeStudio(built);
  folder.remove();
});

/** The page as it was built for the test, before the server's own API. */
async function visit(fragment: string, view?: View): Promise<OpenPage> {
  const open = await openPage(browser, 'about:blank', view);
  await open.page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = join(built, pathname === '/' ? 'index.html' : pathname);
    return pathname.startsWith('/v1/') || !existsSync(file) ? route.continue() : route.fulfill({ path: file });
  });
  await open.page.goto(`${url}/${fragment}`);
  return open;
}

const objective = 'Find in the folder docs how a run survives a crash';

async function proposed(): Promise<OpenPage> {
  const open = await visit('#/objectives');
  await open.page.getByLabel('What is to be reached').fill(objective);
  await open.page.getByRole('button', { name: 'Plan it' }).click();
  await open.page.getByRole('region', { name: 'The plan' }).waitFor();
  return open;
}

describe('an objective', () => {
  it('is stated in a sentence, planned, approved and followed to what came out', async () => {
    const { page, seen, close } = await visit('');
    await page.getByRole('link', { name: 'Objectives' }).click();
    await page.getByRole('button', { name: 'Plan it' }).click();
    await seen('Say what is to be reached, in a sentence.');
    await page.getByLabel('What is to be reached').fill(objective);
    await page.getByLabel('Criteria').fill('quotes a sentence');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Plan it' }).press('Enter');
    const plan = page.getByRole('region', { name: 'The plan' });
    await plan.waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(objective);
    expect(await plan.innerText()).toMatch(/by rules[^]*o1[^]*Steps[^]*for o1[^]*It may cost \$0/);
    await plan.getByRole('button', { name: 'Approve and run' }).click();
    await page.getByRole('region', { name: 'What came out' }).waitFor();
    const plans = page.getByRole('region', { name: 'Plans' });
    await plans
      .getByText(/reached:/)
      .first()
      .waitFor();
    expect(await plans.innerText()).toMatch(/for o1/);
    await page
      .getByRole('region', { name: 'How far it has come' })
      .getByRole('button', { name: /^work plan, succeeded/ })
      .waitFor();
    expect(await page.locator('.graph-node').count()).toBeGreaterThan(1);
    await page.getByRole('link', { name: 'Objectives' }).click();
    await page.getByRole('heading', { name: 'Stated before' }).waitFor();
    await close();
  });

  it('has a plan that is edited before it runs, and told line by line what is wrong with the edit', async () => {
    const { page, close } = await proposed();
    await page.getByText('Edit its text').click();
    const text = page.getByRole('textbox', { name: 'YAML of the plan' });
    const source = await text.inputValue();
    await text.fill(source.replace('uses: ', 'uses: no.such.tool # '));
    await page.getByRole('button', { name: 'Run as edited' }).click();
    const messages = page.getByRole('region', { name: 'Messages of the compiler' });
    await messages.getByText('no.such.tool').first().waitFor();
    await messages
      .getByRole('button', { name: /^line \d+/ })
      .first()
      .click();
    await text.fill(source.replace('crash', 'restart'));
    await page.getByRole('button', { name: 'Run as edited' }).click();
    await page.getByRole('region', { name: 'Plans' }).waitFor();
    await close();
  });

  it('whose plan is rejected says why it ended', async () => {
    const { page, close } = await proposed();
    await page.getByLabel(/^Note/).fill('not from the folder');
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('region', { name: 'Why it failed' }).getByText('APPROVAL_REJECTED').waitFor();
    await close();
  });

  it('shows in its approval what the contract says', async () => {
    const { page, close } = await proposed();
    const run = new URL(page.url()).hash.split('/').at(-1) ?? '';
    const answer: unknown = await (await fetch(`${url}/v1/approvals?run=${run}`)).json();
    const { items } = answer as { readonly items: readonly { readonly show: { readonly value: unknown } }[] }; // a page of approvals
    expect(ShownPlan.parse(items[0]?.show.value)).toMatchObject({
      planner: 'rules',
      steps: [{ why: expect.any(String) }, {}],
    });
    await close();
  });

  it.each(views)('on %s can be used by everyone, and needs no scrolling sideways', async (_, view) => {
    const asked = await proposed();
    const address = new URL(asked.page.url()).hash;
    await asked.close();
    const { page, violations, seen, close } = await visit('#/objectives', view);
    await seen('Stated before');
    expect(await violations()).toEqual([]);
    await page.goto(`${url}/${address}`);
    await page.getByText('Edit its text').click();
    expect(await violations()).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
    await page.getByRole('button', { name: 'Approve and run' }).click();
    await page.getByRole('region', { name: 'What came out' }).waitFor();
    expect(await violations()).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
    await close();
  });
});
