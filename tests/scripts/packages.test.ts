import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installPackages } from '../../scripts/services/packages.ts';
import { ensureInstalled, Unavailable } from '../../scripts/services/provide.ts';

/** A folder of programs that stand in for the system's: apt-get writes down how it was called. */
let folder: string;
const path = (): string => `${folder}:/usr/bin:/bin`;
const calls = (): readonly string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const program = (name: string, body: string): void =>
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-apt-'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the installation of packages', () => {
  it('calls apt-get once when the package list is fresh', () => {
    program('apt-get', `echo "$DEBIAN_FRONTEND $*" >>${folder}/calls`);
    expect(installPackages(['redis-server'], path(), 0)).toEqual({ installed: true });
    expect(calls()).toEqual(['noninteractive -q -y install --no-install-recommends redis-server']);
  });

  it('refreshes the package list and tries again when the package is not found', () => {
    program(
      'apt-get',
      `echo "$*" >>${folder}/calls; case "$*" in *update*) : >${folder}/fresh;; esac; [ -e ${folder}/fresh ]`,
    );
    expect(installPackages(['postgresql'], path(), 0)).toEqual({ installed: true });
    expect(calls().map((call) => call.split(' ')[2])).toEqual(['install', 'update', 'install']);
  });

  it("gives apt-get's last words when it cannot install", () => {
    program('apt-get', 'echo "E: Unable to locate package nonesuch" >&2; exit 100');
    expect(installPackages(['nonesuch'], path(), 0)).toEqual({
      installed: false,
      why: 'apt-get could not install nonesuch: E: Unable to locate package nonesuch',
    });
  });

  it('goes through sudo when the account is not root and sudo asks for no password', () => {
    program('apt-get', `echo apt >>${folder}/calls`);
    program('sudo', `echo "sudo $1" >>${folder}/calls; shift; exec "$@"`);
    expect(installPackages(['redis-server'], path(), 1000)).toEqual({ installed: true });
    expect(calls()).toEqual(['sudo -n', 'sudo -n', 'apt']);
  });

  it('is refused when sudo wants a password', () => {
    program('apt-get', `echo apt >>${folder}/calls`);
    program('sudo', 'exit 1');
    expect(installPackages(['redis-server'], path(), 1000)).toMatchObject({ installed: false });
  });

  it('is refused where there is no apt-get', () => {
    expect(installPackages(['redis-server'], folder, 0)).toEqual({
      installed: false,
      why: 'this system has no apt-get',
    });
  });
});

describe('a program that the tests need', () => {
  const need = { name: 'Redis', setting: 'TELOS_TEST_REDIS_URL', example: 'redis://host', packages: ['redis-server'] };

  it('is not installed when it is there', () => {
    const install = vi.fn<typeof installPackages>();
    ensureInstalled({ ...need, present: () => true }, install);
    expect(install).not.toHaveBeenCalled();
  });

  it('is asked for in one line with the two ways out when it can be had neither way', () => {
    const install = (): ReturnType<typeof installPackages> => ({ installed: false, why: 'this system has no apt-get' });
    const ensure = (): void => ensureInstalled({ ...need, present: () => false }, install);
    expect(ensure).toThrow(Unavailable);
    expect(ensure).toThrow(
      'The tests need Redis, and this system has no apt-get. Install it (redis-server), or set TELOS_TEST_REDIS_URL=redis://host.',
    );
  });
});
