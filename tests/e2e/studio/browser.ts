import axe from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['TELOS_TEST_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export type View = { readonly width?: number; readonly height?: number; readonly dark?: boolean };

export type OpenPage = {
  readonly page: Page;
  /** What the browser complained about: exceptions, refused scripts and styles. */
  readonly complaints: readonly string[];
  /** Waits until this text stands on the page. */
  seen(text: string | RegExp): Promise<void>;
  /** What axe-core finds wrong for WCAG 2.2 A and AA, as lines; empty when nothing is. */
  violations(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** Opens an address in a context of its own. */
export async function openPage(browser: Browser, address: string, view: View = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: view.width ?? 1440, height: view.height ?? 900 },
    colorScheme: view.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(address);
  return {
    page,
    complaints,
    seen: (text) => page.getByText(text).first().waitFor(),
    async violations() {
      await page.evaluate(axe.source);
      return page.evaluate<readonly string[]>(
        `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
          .then(({ violations }) => violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 160) + ' ' + failureSummary)))`,
      );
    },
    close: () => context.close(),
  };
}
