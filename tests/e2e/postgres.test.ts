/** Processes in different folders, as on different machines, that share nothing but a PostgreSQL. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWhere } from '@telos/testkit';
import { findPostgres, startPostgres } from '@telos/testkit/servers/postgres';
import type { PrivateServer } from '@telos/testkit/servers/private-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { Environment, TelosFolder } from './telos-process.ts';

const describeOnPostgres = describeWhere(findPostgres() !== undefined, 'PostgreSQL is not installed');

describeOnPostgres('processes that share a PostgreSQL', () => {
  let server: PrivateServer;
  let environment: Environment;
  const folders: TelosFolder[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    environment = { TELOS_DATABASE_URL: server.url };
  }, 60_000);
  afterAll(async () => {
    for (const folder of folders) folder.remove();
    await server.stop();
  });

  function newFolder(): TelosFolder {
    const folder = telosFolder();
    folders.push(folder);
    const workflow = `telos: 1\nid: two\nsteps:\n  - { id: a, uses: transform, with: { value: 20 } }\n  - { id: b, uses: transform, with: { value: "\${{ steps.a.output + 22 }}" } }\noutputs: { b: "\${{ steps.b.output }}" }\n`;
    writeFileSync(join(folder.path, 'workflows', 'two.yaml'), workflow);
    return folder;
  }

  it('run a workflow in one, list it in another, and leave no database in either folder', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const run = await here.run(['run', 'workflows/two.yaml'], environment);
    expect(run.lines.at(-1)).toMatchObject({ type: 'result', status: 'succeeded', outputs: { b: 42 } });
    const listed = await there.run(['runs'], environment);
    expect(listed.lines).toMatchObject([{ workflow: 'two', status: 'succeeded', tags: [] }]);
    const doctor = await there.run(['doctor'], environment);
    const store = doctor.lines.find(({ about }) => about === 'store');
    expect(store).toMatchObject({
      verdict: 'sound',
      message: expect.stringMatching(/PostgreSQL [\d.]+ .*directly, .*schema telos.*1 runs, 0 unfinished/),
    });
  });

  it('compare variants in one, and see the runs of the experiment in another', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const { code, lines } = await here.run(['eval', 'workflows/evals/ask_folder.yaml', '--limit', '2'], environment);
    expect(code).toBe(0);
    const result = lines.at(-1);
    expect(result).toMatchObject({ type: 'result', complete: true, done: 4, variants: [{ failed: 0 }, { failed: 0 }] });
    const listed = await there.run(['runs', '--tag', `experiment:ask_folder/${String(result?.['id'])}`], environment);
    expect(listed.lines.map(({ status }) => status)).toEqual(Array(4).fill('succeeded'));
  }, 60_000);

  it('finish in one what another has taken in, which shows it as it happens', async () => {
    const front = await newFolder().serve(environment, ['--no-worker']);
    const started = await fetch(`${front.url}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ workflow: 'two' }),
    });
    expect(started.status).toBe(202);
    const run = `${front.url}${started.headers.get('location') ?? ''}`;
    const events = fetch(`${run}/events`, { headers: { accept: 'text/event-stream' } });
    await newFolder().serve(environment);
    expect(await (await events).text()).toContain('event: run.succeeded');
    expect(await (await fetch(run)).json()).toMatchObject({ status: 'succeeded', outputs: { b: 42 } });
  });

  it('say that the database cannot be reached, and never its password', async () => {
    const lost = { TELOS_DATABASE_URL: 'postgres://telos:hunter2@127.0.0.1:1/runs' };
    const { code, lines } = await newFolder().run(['doctor'], lost);
    expect(code).toBe(1);
    expect(lines.find(({ about }) => about === 'store')).toMatchObject({
      verdict: 'broken',
      message: expect.stringContaining('postgres://telos@127.0.0.1:1/runs cannot be reached'),
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
