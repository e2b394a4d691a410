/** docs/settings.md, against the commands and settings that are there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from './command/commands.ts';
import { settingNames } from './config/settings.ts';

const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8');

/** What stands between backticks in the first column of the tables below a heading. */
function listed(heading: string): readonly string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ', 1)[0] ?? '';
  const firstColumns = Array.from(section.matchAll(/^\| (.*?) \|/gm), ([, text = '']) => text);
  return firstColumns.flatMap((text) => Array.from(text.matchAll(/`([^`]+)`/g), ([, word = '']) => word));
}

describe('the page about commands and settings', () => {
  it('lists every command, and none that there is not', () => {
    const named = new Set(listed('Commands').map((usage) => usage.split(' ', 1)[0]));
    expect(named).toEqual(new Set(commands.map(({ name }) => name)));
  });

  it('lists every setting', () => {
    const named = listed('Settings').map((name) => name.replace('<NAME>', ''));
    for (const name of settingNames) expect(named, name).toContain(name);
  });
});
