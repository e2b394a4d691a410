/**
 * What docker/ has a container engine start, started by hand: the commands, the settings and the health checks as
 * they stand in the files, by an account that is not root, on a root file system that is read-only.
 *
 * Ports are free ones of this machine, and hosts are it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWhere } from '@telos/testkit';
import { freePort } from '@telos/testkit/servers/free-port';
import { onPath } from '@telos/testkit/servers/on-path';
import { findPostgres, startPostgres } from '@telos/testkit/servers/postgres';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { inSandbox, sandboxData, whyNoSandbox } from './testing/sandbox.ts';

vi.setConfig({ testTimeout: 60_000 });

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, 'docker', file), 'utf8');
const key = 'a-key-of-good-length';

const Service = z.looseObject({
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string().optional(),
});
const servicesOf = (file: string) =>
  z.looseObject({ services: z.record(z.string(), Service) }).parse(parse(read(file), { merge: true })).services;

const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ');
const listBehind = (words: RegExp): readonly string[] =>
  z.array(z.string()).parse(JSON.parse(new RegExp(`^${words.source} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? ''));
const image = {
  entrypoint: listBehind(/ENTRYPOINT/),
  command: listBehind(/CMD/),
  health: listBehind(/HEALTHCHECK .*CMD/),
  environment: Object.fromEntries(
    (/^ENV (NODE_ENV.*)$/m.exec(dockerfile)?.[1] ?? '').split(' ').map((pair) => pair.split('=') as [string, string]),
  ),
};

const cannot = whyNoSandbox();
const missing = [
  ...(findPostgres() === undefined ? ['PostgreSQL'] : []),
  ...unfound('pg_isready', 'redis-server', 'redis-cli'),
];
const describeInSandbox = describeWhere(cannot === undefined, cannot ?? '');
const describeWithServers = describeWhere(
  cannot === undefined && missing.length === 0,
  cannot ?? `${missing.join(', ')} is not installed`,
);

function unfound(...names: readonly string[]): readonly string[] {
  return names.filter((name) => onPath([name]) === undefined);
}

/** As Compose does it, of variables that are set and of those that need not be. */
function filledIn(environment: Readonly<Record<string, string>>, values: Readonly<Record<string, string>>) {
  const fill = (text: string): string =>
    text.replaceAll(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name: string) => values[name] ?? '');
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}

/** A place in the image, in the repository; and its folder for data, in the sandbox. */
const placed = (text: string): string => text.replace(/^\/app\//, `${root}/`).replace(/^\/data\b/, sandboxData);

function started(words: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const [command = '', ...rest] = words;
  const child = spawn(command, rest, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr, { end: false });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const exitOf = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
};

/** What a container of the image is started with, and its health check, with another port in place of 7420. */
async function container(command = image.command, environment: Readonly<Record<string, string>> = {}) {
  const port = String(await freePort());
  const own = command.map((word) => (word === '7420' ? port : word));
  const words = own[0] === 'serve' ? [...own, '--port', port] : own;
  const [node, ...entry] = image.entrypoint.map(placed);
  const settings = Object.fromEntries(
    Object.entries({ ...image.environment, OLLAMA_HOST: '127.0.0.1:9', ...environment })
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, placed(value)]),
  );
  expect(node).toBe('node');
  const child = started([...inSandbox, process.execPath, ...entry, ...words], settings);
  const check = image.health.map((word) => word.replace('7420', port));
  expect(check[0]).toBe('node');
  const isWell = async (): Promise<boolean> =>
    (await exitOf(started([...inSandbox, process.execPath, ...check.slice(1)], settings))) === 0;
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    isWell,
    /** As the engine does: asked again and again while it starts. */
    async becomesWell(): Promise<void> {
      while (!(await isWell())) {
        if (child.exitCode !== null) throw new Error(`${words.join(' ')} has ended with ${child.exitCode}`);
        await sleep(50);
      }
    },
    async isStopped(): Promise<void> {
      child.kill('SIGTERM');
      expect(await exitOf(child)).toBe(0);
      expect(await isWell()).toBe(false);
    },
  };
}

async function carriedOut(url: string): Promise<void> {
  const source =
    'telos: 1\nid: t\nsteps: [{ id: a, uses: transform, with: { value: 41 } }]\noutputs: { n: "${{ steps.a.output + 1 }}" }';
  const answer = await fetch(`${url}/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, prefer: 'wait=20' },
    body: JSON.stringify({ source }),
  });
  expect(await answer.json()).toMatchObject({ status: 'succeeded', outputs: { n: 42 } });
}

describeInSandbox('the image', () => {
  it('may write where it keeps its data, and nowhere else', async () => {
    const look = `
      const { writeFileSync } = require('node:fs');
      const can = (file) => { try { writeFileSync(file, ''); return true } catch (error) { return error.code } };
      console.log(JSON.stringify([process.getuid(), can('${sandboxData}/a'), can('/tmp/a'), can('/var/tmp/a'), can('${sandboxData}/workflows/a')]))`;
    const child = started([...inSandbox, process.execPath, '-e', look]);
    const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    expect(JSON.parse(said.toString())).toEqual([10_001, true, true, 'EROFS', 'EROFS']);
  });

  it('serves, is well, carries a run out, and ends when it is told to: compose.yaml', async () => {
    const { telos } = servicesOf('compose.yaml');
    const settings = filledIn(telos?.environment ?? {}, { TELOS_API_KEYS: key });
    const { becomesWell, url, isStopped } = await container(telos?.command, settings);
    await becomesWell();
    await carriedOut(url);
    expect((await (await fetch(url)).text()).toLowerCase()).toContain('<!doctype html>');
    await isStopped();
  });
});

describeWithServers('the services of compose.workers.yaml', () => {
  it('are well, carry a run out together, tell the collector of it, and end when they are told to', async () => {
    const services = servicesOf('compose.workers.yaml');

    const redisPort = String(await freePort());
    const folder = mkdtempSync(join(tmpdir(), 'telos-compose-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    started([...(services['redis']?.command ?? []), '--port', redisPort, '--dir', folder]);
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const { hostname, port: postgresPort } = new URL(postgres.url);
    const isWell = async (name: string, environment: Readonly<Record<string, string>>, ...more: readonly string[]) => {
      const [kind, command = '', ...words] = services[name]?.healthcheck?.test ?? [];
      expect(kind).toBe('CMD');
      return (await exitOf(started([command, ...more, ...words], environment))) === 0;
    };
    while (!(await isWell('redis', {}, '-p', redisPort))) await sleep(50);
    while (!(await isWell('postgres', { PGHOST: hostname, PGPORT: postgresPort }))) await sleep(50);

    const told = Promise.withResolvers<string | undefined>();
    const collector = createServer((request, response) => {
      request.resume().on('end', () => {
        response.end('{}');
        told.resolve(request.url);
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void collector.close());
    const listening = z.object({ port: z.int() }).parse(collector.address());

    const there = (environment: Readonly<Record<string, string>>) => {
      const { TELOS_DATABASE_URL, TELOS_QUEUE_URL, OTEL_EXPORTER_OTLP_ENDPOINT, ...rest } = filledIn(environment, {
        POSTGRES_PASSWORD: 'secret',
        TELOS_API_KEYS: key,
      });
      expect(TELOS_DATABASE_URL).toBe('postgres://telos:secret@postgres:5432/telos');
      return {
        ...rest,
        TELOS_DATABASE_URL: postgres.url,
        TELOS_QUEUE_URL: (TELOS_QUEUE_URL ?? '').replace('redis:6379', `127.0.0.1:${redisPort}`),
        OTEL_EXPORTER_OTLP_ENDPOINT: (OTEL_EXPORTER_OTLP_ENDPOINT ?? '').replace(
          'collector:4318',
          `127.0.0.1:${listening.port}`,
        ),
      };
    };
    const both = await Promise.all(
      ['serve', 'worker'].map((name) => container(services[name]?.command, there(services[name]?.environment ?? {}))),
    );
    await Promise.all(both.map(({ becomesWell }) => becomesWell()));
    await carriedOut(both[0]?.url ?? '');
    expect(await told.promise).toBe('/v1/traces');
    await Promise.all(both.map(({ isStopped }) => isStopped()));
  });
});
