import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { onPath } from './on-path.ts';
import { findPostgres, startPostgres } from './postgres.ts';
import { startPrivateServer } from './private-server.ts';
import { findRedis, startRedis } from './redis.ts';

describe('a private server', () => {
  it('is a Redis that answers until it is stopped', async ({ skip }) => {
    skip(findRedis() === undefined, 'redis-server is not installed');
    const redis = await startRedis();
    expect(await ask(redis.url, 'PING\r\n')).toBe('+PONG\r\n');
    await redis.stop();
    await redis.stop();
    await expect(ask(redis.url, 'PING\r\n')).rejects.toThrow('ECONNREFUSED');
  });

  it('is a PostgreSQL that takes connections until it is stopped', async ({ skip }) => {
    skip(findPostgres() === undefined, 'PostgreSQL is not installed');
    const postgres = await startPostgres();
    // An SSLRequest (length 8, code 80877103) is answered with one letter by any PostgreSQL.
    const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
    expect(await ask(postgres.url, sslRequest)).toMatch(/^[NS]$/);
    await postgres.stop();
    await expect(ask(postgres.url, sslRequest)).rejects.toThrow('ECONNREFUSED');
  });

  it('can be away for a while, and comes back on the same port', async ({ skip }) => {
    skip(findRedis() === undefined, 'redis-server is not installed');
    const redis = await startRedis();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await redis.halt(signal);
      await expect(ask(redis.url, 'PING\r\n')).rejects.toThrow('ECONNREFUSED');
      await redis.restart();
      expect(await ask(redis.url, 'PING\r\n')).toBe('+PONG\r\n');
    }
    await redis.stop();
  });

  it('says what the program wrote when it ends before it is ready, and leaves no folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'telos-server-'));
    const launch = { name: 'Nonesuch', command: process.execPath, folder, url: 'none:', ready: /never/ };
    const script = ['-e', 'console.error("no such port"); process.exit(3)'];
    await expect(startPrivateServer({ ...launch, arguments: script, endsOn: 'SIGTERM' })).rejects.toThrow(
      /Nonesuch ended with code 3 before it was ready[\s\S]*no such port/,
    );
    expect(existsSync(folder)).toBe(false);
  });

  it('says so when the program cannot be started at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'telos-server-'));
    const launch = { name: 'Nonesuch', command: join(folder, 'missing'), folder, url: 'none:', ready: /never/ };
    await expect(startPrivateServer({ ...launch, arguments: [], endsOn: 'SIGTERM' })).rejects.toThrow(
      'Nonesuch could not be started',
    );
  });
});

describe('the search for a program', () => {
  it('takes the first name that is executable and passes over files that are not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'telos-path-'));
    writeFileSync(join(folder, 'plain'), '');
    writeFileSync(join(folder, 'program'), '', { mode: 0o755 });
    expect(onPath(['plain', 'program'], `/nonexistent:${folder}`)).toBe(join(folder, 'program'));
    expect(onPath(['plain'], folder)).toBeUndefined();
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

describe('a free port', () => {
  it('can be listened on', async () => {
    expect(await freePort()).toBeGreaterThan(0);
  });
});

/** What the server at `url` says first to `request`. */
function ask(url: string, request: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString());
    });
  });
}
