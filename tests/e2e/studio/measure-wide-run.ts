/**
 * How soon a run of ten thousand steps is on the screen, and how it scrolls.
 *
 *   node --conditions=source --no-warnings tests/e2e/studio/measure-wide-run.ts [steps] [times]
 *
 * Opened: from asking for the page, nothing cached, to the first rows of the
 * tree. Processor time is told beside it, for a machine that does other work:
 * the server's (with this script), and the page's thread. Frames: of two seconds
 * in which the tree scrolls at every frame.
 */
import { openBrowser } from './browser.ts';
import { seedWideRun } from './seed-wide-run.ts';
import { buildStudio, removeStudio, serveStudio } from './serve-studio.ts';

const [steps = 10_000, times = 5] = process.argv.slice(2).map(Number);
const scrolling = `new Promise((resolve) => {
  const tree = document.querySelector('.steps-scroll');
  const frames = [];
  let last = performance.now();
  const began = last;
  requestAnimationFrame(function frame(now) {
    frames.push(now - last);
    last = now;
    tree.scrollTop += 240;
    if (now - began < 2000) requestAnimationFrame(frame);
    else resolve(frames.slice(1));
  });
})`;

const folder = await buildStudio();
const studio = await serveStudio(folder);
const browser = await openBrowser();
const run = await seedWideRun(studio, steps);
const opened: number[] = [];
const frames: number[] = [];
const ofServer: number[] = [];
const ofPage: number[] = [];
for (let time = 0; time < times; time += 1) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto('about:blank');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = process.cpuUsage();
  const began = performance.now();
  await page.goto(`${studio.url}/#/runs/${run}`, { waitUntil: 'commit' });
  await page.getByRole('treeitem').nth(5).waitFor();
  opened.push(performance.now() - began);
  const { user, system } = process.cpuUsage(busy);
  ofServer.push((user + system) / 1000);
  const { metrics } = await devtools.send('Performance.getMetrics');
  ofPage.push(1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0));
  frames.push(...(await page.evaluate<number[]>(scrolling)));
  await context.close();
}
await browser.close();
await studio.close();
await removeStudio(folder);

const at = (list: readonly number[], part: number) =>
  list.toSorted((a, b) => a - b)[Math.floor(part * (list.length - 1))] ?? 0;
console.log(`${steps} steps, opened ${times} times: ${opened.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
console.log(
  `processor time of that at p50: server ${Math.round(at(ofServer, 0.5))} ms, page ${Math.round(at(ofPage, 0.5))} ms`,
);
console.log(`a frame while scrolling: p50 ${at(frames, 0.5).toFixed(1)} ms, p95 ${at(frames, 0.95).toFixed(1)} ms`);
