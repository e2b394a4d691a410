import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exists, root } from './repository.ts';

const kept = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && file !== 'pnpm-lock.yaml' && exists(file));
const texts = kept.filter((file) => /\.(?:[cm]?[jt]sx?|json|ya?ml|md|css|html|sh)$|\/run$/.test(file));
const sources = kept.filter((file) => /\.[cm]?[jt]sx?$/.test(file));

/** One entry a code: a table to look things up in, not a text to read. */
const tables = ['packages/core/src/errors/catalog.ts'];

describe('a file of the repository', () => {
  it('has at most 400 lines, unless it is a test', () => {
    const written = sources.filter((file) => !/\.test\.tsx?$/.test(file) && !tables.includes(file));
    const long = written.filter((file) => linesOf(file).length > 400);
    expect(long).toEqual([]);
  });

  it('is named for what it holds', () => {
    const vague = /^(?:utils?|helpers?|common|misc|shared)\.[jt]sx?$/;
    expect(sources.filter((file) => vague.test(basename(file)))).toEqual([]);
  });

  it.each([
    ['a path of the machine it was written on', /(?:^|[^\w.:/])\/(?:work|farm|root|home|Users)\/\w/],
    ['the host of a package registry', /registry[.]npmjs|deb[.]debian|registry[.]yarnpkg/],
  ])('does not name %s', (_, pattern) => {
    expect(placesOf(pattern, texts)).toEqual([]);
  });

  it('does not switch the type system off', () => {
    const escape = /@ts-(?:ignore|nocheck)\b/;
    expect(
      placesOf(
        escape,
        sources.filter((file) => file !== 'tests/architecture/files.test.ts'),
      ),
    ).toEqual([]);
  });
});

function linesOf(file: string): readonly string[] {
  return readFileSync(join(root, file), 'utf8').trimEnd().split('\n');
}

function placesOf(pattern: RegExp, files: readonly string[]): readonly string[] {
  return files.flatMap((file) =>
    linesOf(file).flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}
