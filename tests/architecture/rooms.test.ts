import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importedFile, root, sourcesIn } from './repository.ts';

const folder = 'packages/executor';
const readme = readFileSync(join(root, folder, 'README.md'), 'utf8');
/** In the order of the table, from the top. */
const rooms = Array.from(readme.matchAll(/^\| (`\w+`(?:, `\w+`)*) /gm), ([, names = '']) => names)
  .flatMap((names) => names.split(', '))
  .map((name) => name.replaceAll('`', ''));
const sources = sourcesIn(folder).filter(({ isTest }) => !isTest);

describe('the rooms of the executor', () => {
  it('are those that its README names', () => {
    const found = new Set(sources.map(({ file }) => roomOf(file)).filter((room) => room !== undefined));
    expect([...found].toSorted()).toEqual(rooms.toSorted());
  });

  it('use those below them alone', () => {
    const wrong = sources.flatMap((source) => {
      const from = roomOf(source.file);
      if (from === undefined) return [];
      return source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => importedFile(source, specifier))
        .filter((file) => isAbove(roomOf(file), from))
        .map((file) => `${source.file} -> ${file}`);
    });
    expect(wrong).toEqual([]);
  });
});

function isAbove(room: string | undefined, from: string): boolean {
  return room !== undefined && rooms.indexOf(room) < rooms.indexOf(from);
}

/** Undefined of what stands beside the rooms. */
function roomOf(file: string): string | undefined {
  return /^packages\/executor\/src\/(\w+)\//.exec(file)?.[1];
}
