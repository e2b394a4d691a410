/** What `telos serve` tells on standard error, as a collector of logs reads it. */
import { createClient } from '@telos/client';
import { expect, it, onTestFinished } from 'vitest';
import { telosFolder } from './telos-process.ts';

const key = 'anna-has-this-key-alone';
const failing = `telos: 1
id: failing
inputs: { word: string }
steps:
  - { id: say, uses: transform, with: { value: "\${{ inputs.word }}" } }
  - id: break
    uses: script.js
    with: { code: "throw new Error(args.word)", args: { word: "\${{ steps.say.output }}" } }
`;

it('is one JSON object a line that names the run, its steps, the request and the code, and no value', async () => {
  const folder = telosFolder();
  onTestFinished(() => folder.remove());
  const settings = { TELOS_LOG_FORMAT: 'json', TELOS_LOG_LEVEL: 'debug', TELOS_API_KEYS: `anna=${key}` };
  const { url, log } = await folder.serve(settings);
  const telos = createClient({ url, key });
  const run = await telos.runs.start({ source: failing, inputs: { word: 'a-word-of-ours' } }, { waitSeconds: 30 });
  expect(run.status).toBe('failed');
  await fetch(`${url}/v1/runs/nowhere?token=in-the-address`, { headers: { authorization: `Bearer ${key}` } });
  await expect.poll(() => log.filter((line) => line.includes('request answered')).length).toBeGreaterThan(1);

  const lines = log.map((line) => JSON.parse(line) as { readonly [name: string]: unknown });
  const of = (message: string) => lines.filter((line) => line['message'] === message);
  expect(of('run created')).toMatchObject([{ level: 'info', run: run.id, workflow: 'failing' }]);
  expect(of('step succeeded')).toMatchObject([{ level: 'debug', run: run.id, step: 'say', attempt: 1 }]);
  expect(of('step failed')).toMatchObject([{ level: 'info', run: run.id, step: 'break', code: 'SCRIPT_FAILED' }]);
  expect(of('run failed')).toMatchObject([{ level: 'info', run: run.id }]);
  expect(of('request answered')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ method: 'POST', route: '/v1/runs', status: 200, by: 'anna', run: run.id }),
      expect.objectContaining({ route: '/v1/runs/:id', status: 404 }),
    ]),
  );
  for (const line of lines) expect(Date.parse(String(line['time']))).toBeGreaterThan(0);
  const all = log.join('\n');
  for (const value of ['a-word-of-ours', 'in-the-address', key]) expect(all).not.toContain(value);
}, 60_000);
