/** docs/lessons.md, against the tests that it names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './repository.ts';

const page = readFileSync(join(root, 'docs/lessons.md'), 'utf8');
const named = Array.from(page.matchAll(/\| `([^`]+\.test\.ts)`: (.+) \|$/gm), ([, file = '', title = '']) => ({
  file,
  title,
}));

describe('the page about what users of other engines suffered', () => {
  it('names a test in every row', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| reported'));
    expect(named).toHaveLength(rows.length);
    expect(rows.length).toBeGreaterThan(22);
  });

  it.each(named)('$file has the test: $title', ({ file, title }) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(title);
  });
});
