import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RunDetail } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { formWorkflow } from './scripted-tools.ts';
import { seedSlowRun } from './seed-slow-run.ts';
import { seedWideRun } from './seed-wide-run.ts';
import { views, withStudio } from './with-studio.ts';

const served = withStudio();
const { visit, finished, usable } = served;

describe('the built studio', () => {
  it('loads less than 60 kB of script, compressed, from its own folder before it shows anything, and the rest when it is gone to', async () => {
    const page = await readFile(join(served.folder, 'index.html'), 'utf8');
    const first = await loadedBy(/src="\.\/assets\/([^"]+\.js)"/.exec(page)?.[1] ?? '');
    const bytes = [...first.values()].reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(60_000);
    const others = (await readdir(join(served.folder, 'assets'))).filter(
      (name) => name.endsWith('.js') && !first.has(name),
    );
    for (const part of ['completer', 'workflow-page', 'fork-panel', 'compare-page'])
      expect(others.filter((name) => name.startsWith(part))).toHaveLength(1);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]);
    expect(addresses.filter((address) => address?.startsWith('./') !== true)).toEqual([]);
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style/);
  });

  /** A script with all that it imports by itself, and what these import. */
  async function loadedBy(name: string, known = new Map<string, string>()): Promise<ReadonlyMap<string, string>> {
    if (known.has(name)) return known;
    const text = await readFile(join(served.folder, 'assets', name), 'utf8');
    known.set(name, text);
    for (const [, imported] of text.matchAll(/\bfrom\s*["'`]\.\/([^"'`]+\.js)["'`]/g))
      await loadedBy(imported ?? '', known);
    return known;
  }

  it('is served at any address that asks for a page, and runs under a policy without inline script or style', async () => {
    const { page, seen } = await visit('');
    await page.route('**/*', async (route) => {
      const answer = await route.fetch();
      const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'";
      await route.fulfill({ response: answer, headers: { ...answer.headers(), 'content-security-policy': policy } });
    });
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    await page.goto(`${served.studio.url}/#/runs/${run}?step=draft`);
    await page.reload();
    await seen('What a reader should know');
  });
});

describe('the list of runs', () => {
  it('says how to begin when there is none', async () => {
    const { seen } = await visit('');
    await seen('No runs yet.');
  });

  it('shows each run with its status, cost and score, newest first, and new ones as they come', async () => {
    await finished('vendor_brief', { vendor: 'Acme' }, ['nightly']);
    const { page, seen } = await visit('');
    const rows = page.getByRole('table').getByRole('row');
    await page.getByRole('table').getByText('nightly', { exact: true }).waitFor();
    expect(await rows.nth(1).innerText()).toMatch(/succeeded[^]*vendor_brief[^]*3,180[^]*\$0\.0246[^]*0\.92/);
    await finished('nightly_export');
    await seen('TOOL_FAILED');
    expect(await rows.nth(1).innerText()).toMatch(/failed[^]*nightly_export/);
  });

  it('is filtered by status, workflow and text, and the address keeps the filter', async () => {
    await finished('vendor_brief', { vendor: 'Acme' });
    await finished('nightly_export');
    const { page, seen } = await visit('');
    const links = page.getByRole('table').getByRole('link');
    await seen('TOOL_FAILED');
    await page.getByRole('button', { name: 'failed' }).click();
    await page.getByRole('table').getByText('vendor_brief').waitFor({ state: 'hidden' });
    await links.first().waitFor();
    expect(await links.allInnerTexts()).toEqual(['nightly_export']);
    expect(new URL(page.url()).hash).toBe('#/runs?status=failed');
    await page.reload();
    await seen('TOOL_FAILED');
    expect(await links.allInnerTexts()).toEqual(['nightly_export']);
    await page.keyboard.press('/');
    await page.keyboard.type('nothing like it');
    await seen('No run fits this filter.');
    await page.getByRole('link', { name: 'Show all runs' }).click();
    await page.getByRole('combobox', { name: 'Workflow' }).selectOption('vendor_brief');
    await page.getByRole('table').getByText('nightly_export').waitFor({ state: 'hidden' });
    await links.first().waitFor();
    expect(await links.allInnerTexts()).toEqual(['vendor_brief']);
  });

  it('is walked with the arrow keys, and Enter opens a run', async () => {
    const older = await finished('vendor_brief', { vendor: 'Acme' });
    await finished('nightly_export');
    const { page, seen } = await visit('');
    await seen('TOOL_FAILED');
    for (const key of ['/', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'vendor_brief' }).waitFor();
    expect(page.url()).toContain(older);
    await page.getByRole('tree').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('table').waitFor();
  });

  it('keeps what it has read, and says so, while the server is away', async () => {
    await finished('nightly_export');
    const { page, seen } = await visit('');
    await seen('TOOL_FAILED');
    await page.route('**/v1/runs?*', (route) => route.abort());
    await seen('The server does not answer.');
    await seen('TOOL_FAILED');
  });
});

describe('a run', () => {
  it('shows its steps as a tree, and the selected one with output, checks, input, attempts and calls', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page, seen } = await visit(`#/runs/${run}`);
    const rows = page.getByRole('treeitem');
    await rows.first().waitFor();
    const texts = await rows.allInnerTexts();
    expect(texts.map((text) => text.replaceAll(/\s+/g, ' ').replace(/ [\d.]+ m?s$/, ''))).toEqual([
      'vendor_brief run succeeded',
      'findings foreach succeeded × 3',
      ...[0, 1, 2].flatMap((item) => [
        `[${item}] 2 steps succeeded`,
        'search web.search succeeded',
        'note transform succeeded',
      ]),
      'both parallel succeeded',
      'left branch succeeded',
      'count transform succeeded',
      'right branch succeeded',
      'label transform succeeded',
      'draft llm succeeded ↻ 2 0.92',
    ]);
    await seen('regions');
    await page.keyboard.press('End');
    const inspector = page.getByRole('complementary', { name: 'Step draft' });
    await inspector.getByText('What a reader should know').first().waitFor();
    const text = await inspector.innerText();
    expect(text).toMatch(/untrusted[^]*Output[^]*Checks[^]*336 characters are enough[^]*Write about Acme/);
    expect(text).toMatch(/rejected\s+sent back with the reasons/);
    expect(text).toMatch(/openai\/gpt-5\.2\s+chat\s+1,250 → 340 tokens · \$0\.0123/);
    await inspector.getByText('openai/gpt-5.2').last().click();
    await inspector.getByText('Write a brief in Markdown.').last().waitFor();
    await inspector.getByText('rejected').click();
    await inspector.getByText('10 characters are too few.').waitFor();
    const written = inspector.getByRole('list', { name: /^vendor_brief from line \d+/ });
    expect(await written.innerText()).toContain('prompt: "Write about ${{ inputs.vendor }} from');
    await inspector.getByRole('link', { name: 'Open vendor_brief there' }).click();
    await page.getByRole('textbox', { name: 'YAML of vendor_brief' }).waitFor();
    await page.waitForFunction('getSelection().toString().trim() === "- id: draft"');
    await page.goBack();
    await inspector.waitFor();
  });

  it('is walked with the arrow keys: in, out, and down to a single call', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page } = await visit(`#/runs/${run}?step=draft`);
    const selected = page.locator('[role="treeitem"][aria-selected="true"]');
    await selected.filter({ hasText: 'draft' }).waitFor();
    // Its attempts are read after it is drawn.
    await page.locator('[role="treeitem"][aria-selected="true"][aria-expanded="false"]').waitFor();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await selected.filter({ hasText: 'openai/gpt-5.2' }).waitFor();
    expect(await selected.getAttribute('aria-level')).toBe('4');
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
    await selected.filter({ hasText: 'draft' }).waitFor();
    expect(await selected.getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('Home');
    await page.getByRole('complementary', { name: 'Run' }).waitFor();
  });

  it('tells queueing, work, retrying and waiting for a person apart, as bars and in words, and shows which steps its end hung on', async () => {
    const run = await seedSlowRun(served.studio);
    const { page } = await visit(`#/runs/${run}`);
    const row = (name: string) => page.getByRole('treeitem', { name });
    await row('ok approve').waitFor();
    for (const [name, looks] of [
      ['slow run', ['tone-limit', 'tone-done']],
      ['search web', ['tone-failed', 'tone-done', 'tone-retry']],
      ['draft llm', ['tone-done', 'tone-limit', 'tone-model']],
      ['ok approve', ['tone-done', 'tone-person']],
    ] as const) {
      const bars = await row(name).locator('.bar').all();
      const classes = await Promise.all(bars.map((bar) => bar.getAttribute('class')));
      expect([name, ...classes.map((text) => /tone-[a-z]+/.exec(text ?? '')?.[0])]).toEqual([name, ...looks]);
    }
    for (const [name, words] of [
      ['search web', '30.0 s to be tried again'],
      ['draft llm', '40.0 s for a rate limit'],
      ['ok approve', '5 m 00 s for a person'],
    ] as const) {
      await row(name).click();
      await page.getByRole('complementary').getByText(words).waitFor();
    }
    await page.getByRole('button', { name: 'Critical path' }).click();
    await row('count transform').waitFor({ state: 'hidden' });
    const rows = await page.getByRole('treeitem').allInnerTexts();
    expect(rows.map((text) => /\S+/.exec(text)?.[0])).toEqual(['slow', 'search', 'both', 'slow', 'draft', 'ok']);
  });

  it('finds steps by their path or tool', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page } = await visit(`#/runs/${run}`);
    await page.getByRole('treeitem').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('[1].search');
    await page.getByRole('treeitem').filter({ hasText: 'note' }).first().waitFor({ state: 'hidden' });
    expect(await page.getByRole('treeitem').count()).toBe(3);
  });

  it('tells why it failed: the first cause first, what to do, and the way there', async () => {
    const run = await finished('nightly_export');
    const { page, seen } = await visit(`#/runs/${run}`);
    const why = page.getByRole('region', { name: 'Why it failed' });
    await why.waitFor();
    expect(await why.innerText()).toMatch(/^rows\[[01]\]\.send failed[^]*503: maintenance\. TOOL_FAILED/);
    await why.getByRole('button').first().click();
    await page.getByRole('complementary', { name: /Step rows\[[01]\]\.send/ }).waitFor();
    await seen('This may succeed when it is tried again.');
  });

  it('says that it does not exist when it does not', async () => {
    const { seen } = await visit('#/runs/nope');
    await seen('There is no run nope.');
    await seen('All runs');
  });

  it('says so when its page broke off on the way, and reads it again', async () => {
    const run = await finished('nightly_export');
    const { page, seen } = await visit('');
    const body = '{ "id": "';
    await page.route(`**/v1/runs/${run}`, (route) => route.fulfill({ contentType: 'application/json', body }), {
      times: 1,
    });
    await page.goto(`${served.studio.url}/#/runs/${run}`);
    await seen('The answer of the server broke off.');
    await page.getByRole('treeitem', { name: /^nightly_export run failed/ }).waitFor();
  });
});

describe('a run that goes on', () => {
  it('shows text as it is written, and its end, without being asked again', async () => {
    const run = await served.studio.start('slow_reader');
    const { page, seen } = await visit('');
    const followed = page.waitForResponse(/\/events$/);
    await page.goto(`${served.studio.url}/#/runs/${run}?step=answer`);
    await followed;
    await page.getByRole('treeitem', { name: /^answer hold running/ }).waitFor();
    served.studio.held.say('The first words');
    served.studio.held.say(' of an answer to come');
    await seen('The first words of an answer to come');
    served.studio.held.open();
    await page.getByRole('treeitem', { name: /^slow_reader run succeeded/ }).waitFor();
    await page.getByRole('treeitem', { name: /^after transform succeeded/ }).waitFor();
    await page.getByRole('complementary').getByText('Output').waitFor();
    expect(await page.title()).toContain('succeeded');
  });

  it('takes the stream up again when it is lost', async () => {
    const run = await served.studio.start('slow_reader');
    const { page, seen } = await visit('');
    await page.route('**/events', (route) => route.fulfill({ status: 503 }), { times: 1 });
    await page.goto(`${served.studio.url}/#/runs/${run}`);
    await seen('connection lost, trying again…');
    served.studio.held.open();
    await page.getByRole('treeitem', { name: /^slow_reader run succeeded/ }).waitFor();
  });

  it('is paused, and goes on when the reader says so', async () => {
    const run = await served.studio.start('slow_reader');
    const { page } = await visit(`#/runs/${run}`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('treeitem', { name: /^slow_reader run paused/ }).waitFor();
    served.studio.held.open();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('treeitem', { name: /^slow_reader run succeeded/ }).waitFor();
  });

  it('is tried again as another run, which says where it comes from', async () => {
    const run = await finished('nightly_export');
    const { page } = await visit(`#/runs/${run}`);
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL((address) => !address.hash.includes(run));
    await page.getByRole('link', { name: run }).waitFor();
  });

  it('is cancelled when the reader says so twice', async () => {
    const run = await served.studio.start('slow_reader');
    const { page, seen } = await visit(`#/runs/${run}`);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('button', { name: 'Cancel it now' }).click();
    await seen('Cancelled: cancelled in the studio.');
  });

  it('says what it waits for when no worker has it', async () => {
    const { version } = await seedUntaken();
    const { seen } = await visit(`#/runs/${version}`);
    await seen(/No worker has taken the run yet/);
  });

  async function seedUntaken(): Promise<{ version: string }> {
    const [program] = await served.studio.store.programs.versions('slow_reader');
    if (program === undefined) throw new Error('slow_reader was not published');
    const version = '019ab000-0000-7000-8000-0000000000bb';
    await served.studio.store.journal.create({
      id: version,
      created: {
        type: 'run.created',
        at: Date.now(),
        workflow: 'slow_reader',
        program: program.hash,
        inputs: { value: {} },
      },
    });
    return { version };
  }
});

describe('a run of ten thousand steps', () => {
  it('draws only what is in sight, goes to its end at once, and finds the one that failed', async () => {
    const run = await seedWideRun(served.studio, 10_000);
    const { page } = await visit(`#/runs/${run}`);
    const rows = page.getByRole('treeitem');
    const selected = page.locator('[role="treeitem"][aria-selected="true"]');
    await rows.nth(5).waitFor();
    expect(await rows.count()).toBeLessThan(100);
    await page.keyboard.press('End');
    await selected.filter({ hasText: '[9999]' }).waitFor();
    expect(await selected.getAttribute('aria-setsize')).toBe('10000');
    expect(await rows.count()).toBeLessThan(100);
    await page.keyboard.press('/');
    await page.keyboard.type('[7777]');
    await page.getByRole('treeitem', { name: /^\[7777\] read transform failed/ }).waitFor();
    expect(await rows.count()).toBe(3);
  });
});

describe('starting a run', () => {
  it('offers a form made of the inputs, refuses what does not fit where it stands, and opens the run', async () => {
    const { page, seen } = await visit('#/start/vendor_brief');
    await page.locator('#input-vendor').waitFor();
    await page.getByRole('button', { name: 'Start run' }).click();
    await seen('vendor is needed.');
    await page.locator('#input-vendor').fill('A');
    await page.locator('#input-depth').fill('9');
    await page.getByRole('button', { name: 'Start run' }).click();
    await page.locator('#input-vendor[aria-invalid="true"]').waitFor();
    await page.locator('#input-depth[aria-invalid="true"]').waitFor();
    await page.locator('#input-vendor').fill('Acme');
    await page.locator('#input-depth').fill('3');
    await page.locator('#input-questions').fill('What do they sell?');
    await page.getByRole('button', { name: 'Start run' }).click();
    await page.getByRole('treeitem', { name: /^vendor_brief run succeeded/ }).waitFor();
    await page.getByRole('complementary', { name: 'Run' }).getByText('What do they sell?').waitFor();
  });

  it('begins with the inputs of an earlier run when it is to run again', async () => {
    const run = await finished('vendor_brief', { vendor: 'Globex', tone: 'formal' });
    const { page } = await visit(`#/runs/${run}`);
    await page.getByRole('link', { name: 'Run again' }).click();
    await page.locator('#input-vendor').waitFor();
    expect(await page.locator('#input-vendor').inputValue()).toBe('Globex');
    expect(await page.locator('#input-tone').inputValue()).toBe('formal');
    await page.keyboard.press('Escape');
    await page.getByRole('tree').waitFor();
  });
});

describe('a server with API keys', () => {
  const key = 'a-key-of-sixteen-characters';

  it('is asked for nothing more once the reader has given one', async () => {
    await served.serveAgain({ key });
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page, seen } = await visit(`#/runs/${run}`);
    await page.getByLabel('API key').fill('a-key-that-is-not-known');
    await page.keyboard.press('Enter');
    await seen('This server asks for an API key');
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('treeitem', { name: /^draft/ }).waitFor();
    await page.reload();
    await page.getByRole('treeitem', { name: /^draft/ }).waitFor();
  });
});

describe('a reader who may only look', () => {
  it('sees everything, and is told why what they ask for is not done', async () => {
    const viewerKey = 'a-key-that-may-only-look';
    await served.serveAgain({ key: 'a-key-of-sixteen-characters', viewerKey });
    const run = await served.studio.start('slow_reader');
    const { page, seen } = await visit(`#/runs/${run}`);
    await page.getByLabel('API key').fill(viewerKey);
    await page.keyboard.press('Enter');
    await page.getByRole('treeitem', { name: /^answer hold running/ }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('alert').getByText('The key is one of the role viewer; this takes runner.').waitFor();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('n');
    await page.getByRole('combobox', { name: 'Workflow' }).last().selectOption('slow_reader');
    await page.getByRole('button', { name: 'Start run' }).click();
    await seen('this takes runner');
  });
});

describe('the keys', () => {
  it('are told by ?, lead from page to page, and are left alone where somebody types', async () => {
    const { page, seen, violations } = await visit('#/runs');
    await page.getByRole('table').or(page.getByText('No runs yet.')).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('fork from the step').waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(new URL(page.url()).hash).toBe('#/runs');
    for (const [key, heading] of [
      ['w', 'Workflows'],
      ['o', 'Objectives'],
      ['a', 'Approvals'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.locator('nav [aria-current="page"]', { hasText: heading }).waitFor();
    }
    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'Start a run' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('/');
    await page.locator('input[type="search"]:focus').waitFor();
    await page.keyboard.type('gw?n');
    await seen('No run fits this filter.');
    expect(await page.getByRole('searchbox').inputValue()).toBe('gw?n');
  });
});

describe('every view', () => {
  it.each(views)(
    'on %s can be used by everyone, and needs no scrolling sideways',
    async (_, view) => {
      const run = await finished('vendor_brief', { vendor: 'Acme' }, ['nightly', 'eu']);
      const failed = await finished('nightly_export');
      const running = await served.studio.start('slow_reader');
      await served.studio.start('review');
      const wanted: readonly (readonly [string, string])[] = [
        ['#/runs', 'TOOL_FAILED'],
        [`#/runs/${run}`, 'regions'],
        [`#/runs/${run}?step=draft`, 'What a reader should know'],
        [`#/runs/${failed}`, '503: maintenance'],
        [`#/runs/${running}?step=answer`, 'as rendered'],
        [`#/runs/${run}/fork?step=draft`, 'is kept, with another output'],
        ['#/start/vendor_brief', 'whole number, 1 to 5'],
        [`#/app/vendor_brief?run=${run}`, 'What a reader should know'],
        [`#/app/nightly_export?run=${failed}`, 'Something that this needs did not answer.'],
        ['#/approvals', 'asks for a decision'],
      ];
      await usable(await visit('', view), wanted);
    },
    60_000,
  );

  it('on a phone lays the inspector over the steps, and Escape takes it away', async () => {
    const run = await finished('vendor_brief', { vendor: 'Acme' });
    const { page } = await visit(`#/runs/${run}`, { width: 360, height: 800 });
    await page.getByRole('treeitem', { name: /^draft/ }).click();
    const inspector = page.getByRole('complementary', { name: 'Step draft' });
    await inspector.getByText('What a reader should know').first().waitFor();
    await page.keyboard.press('Escape');
    await inspector.waitFor({ state: 'hidden' });
  });
});

describe('the approvals', () => {
  async function waiting(): Promise<string> {
    const run = await served.studio.start('review');
    for await (const { event } of served.studio.store.journal.follow(run, 0, new AbortController().signal))
      if (event.type === 'run.waiting') break;
    return run;
  }

  it('show what is to be decided, and take an edited value and a note', async () => {
    const run = await waiting();
    const { page, seen, violations } = await visit(`#/runs/${run}`);
    await page.getByRole('treeitem', { name: /^ok waits for a decision waiting/ }).click();
    await page.getByRole('complementary').getByRole('link', { name: 'Decide' }).waitFor();
    await page.getByRole('region', { name: 'What it waits for' }).getByRole('link', { name: 'Decide' }).click();
    await seen('asks for a decision');
    expect(await violations()).toEqual([]);
    await page.getByLabel(/^Value/).fill('{ "title": ');
    await page.getByRole('button', { name: 'Approve' }).click();
    await seen(/This is not JSON/);
    await page.getByLabel(/^Value/).fill('{ "title": "Good day" }');
    await page.getByLabel(/^Note/).fill('kinder');
    await page.getByRole('button', { name: 'Approve' }).click();
    await seen('Nothing waits for a decision.');
    await served.studio.ended(run);
    await page.goto(`${served.studio.url}/#/runs/${run}`);
    await seen('Good day');
    await seen('kinder');
  });

  it('ask with a field of its own kind for each thing to fill in, say where an answer does not fit, and show the labels', async () => {
    await served.studio.publish('article', formWorkflow);
    const run = await served.studio.start('article');
    const { page, seen, violations } = await visit('#/approvals');
    const card = page.getByRole('article', { name: 'article: ok' });
    await card.getByText('untrusted', { exact: true }).waitFor();
    expect(await card.getByLabel('title').inputValue()).toBe('');
    expect(await card.getByLabel('pages').inputValue()).toBe('2');
    await card.getByLabel('tone').selectOption('formal');
    await card.getByLabel('urgent').check();
    await card.getByLabel('pages').fill('ten');
    await card.getByRole('button', { name: 'Approve' }).click();
    await seen('title is needed.');
    await seen('ten is not a number.');
    expect(await violations()).toEqual([]);
    await card.getByLabel('title').fill('No');
    await card.getByLabel('pages').fill('10');
    await card.getByRole('button', { name: 'Approve' }).click();
    await seen('expected at least 3 characters, found 2');
    await seen('expected at most 9, found 10');
    await card.getByLabel('title').fill('Valves');
    await card.getByLabel('pages').fill('3');
    await card.getByRole('button', { name: 'Approve' }).click();
    await seen('Nothing waits for a decision.');
    await served.studio.ended(run);
    const { outputs } = RunDetail.parse(await (await fetch(`${served.studio.url}/v1/runs/${run}`)).json());
    expect(outputs).toEqual({ given: { title: 'Valves', pages: 3, tone: 'formal', urgent: true } });
  });

  it('are reached and rejected with the keyboard alone', async () => {
    const run = await waiting();
    const { page, seen } = await visit('#/runs');
    await page.getByRole('link', { name: 'Approvals' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel(/^Note/).focus();
    await page.keyboard.type('too short');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await seen('Nothing waits for a decision.');
    await served.studio.ended(run);
    await page.goto(`${served.studio.url}/#/runs/${run}`);
    await seen(/rejected by editors: too short/);
  });

  it('say so when somebody was faster', async () => {
    const run = await waiting();
    const { page, seen } = await visit('#/approvals');
    await seen('asks for a decision');
    const [wait] = (await served.studio.store.waits.list({ run }, 1)).items;
    await fetch(`${served.studio.url}/v1/approvals/${run}~${wait?.id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision: 'approve' }),
    });
    await page.getByRole('button', { name: 'Reject' }).click();
    await seen('Nothing waits for a decision.');
  });
});
