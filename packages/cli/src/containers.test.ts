/** The image and the compose files, read as rules: no engine need be there to find what is wrong with them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from './command/commands.ts';
import { settingNames } from './config/settings.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const lines = read('docker/Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ word: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1).trim() }));
const of = (word: string): readonly string[] => lines.filter((line) => line.word === word).map(({ rest }) => rest);
const last = lines.slice(lines.findLastIndex(({ word }) => word === 'FROM'));

const Service = z.looseObject({
  image: z.string(),
  build: z.looseObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  user: z.string().optional(),
  privileged: z.boolean().optional(),
  read_only: z.boolean().optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  cap_drop: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
});
const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.unknown()).default({}),
});
const composed = (file: string) => Compose.parse(parse(read(`docker/${file}`), { merge: true }));
const files = ['compose.yaml', 'compose.workers.yaml'];
const services = files.flatMap((file) =>
  Object.entries(composed(file).services).map(([name, service]) => ({ file, name, service })),
);
const ours = services.filter(({ service }) => service.image.startsWith('telos:'));

describe('the image', () => {
  it('is built from pinned names, never from `latest`', () => {
    for (const from of of('FROM')) expect(from).toMatch(/^[a-z/]+:\d[\w.-]*( AS \w+)?$/);
    expect(of('RUN').join('\n')).toMatch(/npm install --global pnpm@\d+\.\d+\.\d+/);
  });

  it('copies what exists, and not what .dockerignore keeps out', () => {
    const left = read('.dockerignore').split('\n');
    const sources = of('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(left).not.toContain(source);
    }
  });

  it('runs as a user who is not root, with no package manager', () => {
    const words = last.map(({ word, rest }) => `${word} ${rest}`);
    const user = words.findLast((line) => line.startsWith('USER '));
    expect(user).toBe('USER 10001:10001');
    const commandsAfter = words.slice(words.indexOf(user ?? ''));
    expect(commandsAfter.filter((line) => line.startsWith('RUN '))).toEqual([]);
    expect(words.join('\n')).toMatch(/rm -rf \/usr\/local\/lib\/node_modules \/usr\/local\/bin\/npm/);
  });

  it('keeps what it writes on a volume, says when it is well, and serves the port that it names', () => {
    const home = /TELOS_HOME=(\S+)/.exec(of('ENV').join(' '))?.[1] ?? '';
    const volumes = of('VOLUME').flatMap((rest) => z.array(z.string()).parse(JSON.parse(rest)));
    expect(volumes.some((volume) => home.startsWith(volume))).toBe(true);
    expect(of('HEALTHCHECK').join()).toContain("fetch('http://127.0.0.1:7420/healthz')");
    expect(of('EXPOSE')).toEqual(['7420']);
    const command = z.array(z.string()).parse(JSON.parse(of('CMD').at(-1) ?? '[]'));
    expect(commands.map(({ name }) => name)).toContain(command[0]);
  });

  it('sets only variables that somebody reads', () => {
    const names = of('ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('=')[0]));
    for (const name of names) expect([...settingNames, 'NODE_ENV', 'CI']).toContain(name);
  });
});

describe.each(services)('$name in docker/$file', ({ file, service }) => {
  it('has an image of a version, and no more rights than it needs', () => {
    expect(service.image).toMatch(/^[a-z/-]+:\d[\w.-]*$/);
    expect(service.privileged).toBeUndefined();
    if (service.build === undefined) expect(service.user).toMatch(/^(?!root$|0$)\w+$/);
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('mounts what exists or is declared, and waits for services that can say that they are well', () => {
    const { services: others, volumes } = composed(file);
    for (const mount of service.volumes) {
      const [from = ''] = mount.split(':');
      const isThere = from.startsWith('.') ? existsSync(join(root, 'docker', from)) : from in volumes;
      expect(isThere, mount).toBe(true);
    }
    for (const name of Object.keys(service.depends_on)) expect(others[name]).toHaveProperty('healthcheck');
  });
});

describe('the collector of docker/compose.workers.yaml', () => {
  it('listens where workers tell it of runs, and hands on what it declares', () => {
    const { services: all } = composed('compose.workers.yaml');
    const Parts = z.record(z.string(), z.unknown());
    const { receivers, exporters, service } = z
      .object({
        receivers: z.object({ otlp: z.object({ protocols: z.object({ http: z.object({ endpoint: z.string() }) }) }) }),
        exporters: Parts,
        service: z.object({
          pipelines: z.record(z.string(), z.object({ receivers: z.array(z.string()), exporters: z.array(z.string()) })),
        }),
      })
      .parse(parse(read('docker/collector.yaml')));
    const port = receivers.otlp.protocols.http.endpoint.split(':').at(-1);
    expect(all['worker']?.environment['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe(`http://collector:${port}`);
    const { traces } = service.pipelines;
    expect(Object.keys(receivers)).toEqual(traces?.receivers);
    expect(Object.keys(exporters)).toEqual(traces?.exporters);
  });
});

describe.each(ours)('$name of Telos in docker/$file', ({ file, service }) => {
  it('has a read-only file system and drops every capability', () => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
    const { context = '', dockerfile = '' } = service.build ?? {};
    expect(existsSync(join(root, 'docker', context, dockerfile))).toBe(true);
  });

  it('is given settings that are known, in URLs that name services of the file', () => {
    const hosts = Object.keys(composed(file).services);
    for (const [name, value] of Object.entries(service.environment)) {
      expect(settingNames).toContain(name);
      const host = /^\w+:\/\/(?:[^@/]*@)?([\w.-]+):/.exec(value)?.[1];
      if (host !== undefined) expect(hosts).toContain(host);
    }
  });

  it('calls a command with options that it has', async () => {
    const [name, ...words] = service.command ?? ['serve'];
    const entry = commands.find((one) => one.name === name);
    const options = Object.keys((await entry?.load())?.options ?? {});
    for (const word of words.filter((one) => one.startsWith('--'))) expect(options).toContain(word.slice(2));
  });

  it('needs a key where other machines can reach it', () => {
    if (service.ports.length > 0) expect(service.environment['TELOS_API_KEYS']).toContain(':?');
  });
});
