/** A browser and a served studio for the tests of one file: a fresh server for each test, one build and one browser for all. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser, openPage } from './browser.ts';
import type { OpenPage, View } from './browser.ts';
import { breakWorkflow, briefWorkflow, holdWorkflow, reviewWorkflow } from './scripted-tools.ts';
import { buildStudio, removeStudio, serveStudio } from './serve-studio.ts';
import type { ServedStudio, StudioOptions } from './serve-studio.ts';

export type WithStudio = {
  /** Of the test that runs. */
  readonly studio: ServedStudio;
  readonly folder: string;
  /** Serves another one in place of the test's own. */
  serveAgain(options: StudioOptions): Promise<void>;
  visit(fragment: string, view?: View): Promise<OpenPage>;
  /** Starts a run and waits for its end. */
  finished(workflow: string, inputs?: unknown, tags?: readonly string[]): Promise<string>;
  /** Goes to each address, waits for a text on it, and expects that everyone can use it without scrolling sideways. */
  usable(open: OpenPage, wanted: readonly (readonly [fragment: string, text: string])[]): Promise<void>;
};

/** Every kind of screen that a page must be usable on. */
export const views: readonly (readonly [string, View])[] = [
  ['a wide window in light', {}],
  ['a wide window in dark', { dark: true }],
  ['a phone', { width: 360, height: 800 }],
  ['a phone in dark', { width: 360, height: 800, dark: true }],
  ['a 4k screen', { width: 3840, height: 2160 }],
];

export function withStudio(): WithStudio {
  let folder: string;
  let browser: Browser;
  let studio: ServedStudio;
  const open: OpenPage[] = [];

  beforeAll(async () => {
    [folder, browser] = await Promise.all([buildStudio(), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await removeStudio(folder);
  });
  beforeEach(async () => {
    studio = await serve();
  });
  afterEach(async () => {
    for (const page of open.splice(0)) {
      expect(page.complaints).toEqual([]);
      await page.close();
    }
    await studio.close();
  });

  async function serve(options?: StudioOptions): Promise<ServedStudio> {
    const served = await serveStudio(folder, options);
    await served.publish('vendor_brief', briefWorkflow);
    await served.publish('slow_reader', holdWorkflow);
    await served.publish('nightly_export', breakWorkflow);
    await served.publish('review', reviewWorkflow);
    return served;
  }

  return {
    get studio() {
      return studio;
    },
    get folder() {
      return folder;
    },
    async serveAgain(options) {
      await studio.close();
      studio = await serve(options);
    },
    async visit(fragment, view) {
      const page = await openPage(browser, `${studio.url}/${fragment}`, view);
      open.push(page);
      return page;
    },
    async finished(workflow, inputs, tags) {
      const run = await studio.start(workflow, inputs, tags);
      await studio.ended(run);
      return run;
    },
    async usable({ page, violations }, wanted) {
      for (const [fragment, text] of wanted) {
        await page.goto(`${studio.url}/${fragment}`);
        await page.getByText(text).first().waitFor({ state: 'attached' });
        expect([fragment, ...(await violations())]).toEqual([fragment]);
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([fragment, overflow]).toEqual([fragment, 0]);
      }
    },
  };
}
