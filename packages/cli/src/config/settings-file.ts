/** `telos.yaml`: the settings of the environment, kept in a file beside the workflows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@telos/language/text';
import { settingNames } from './settings.ts';
import type { Settings } from './settings.ts';

export type SettingsFile = {
  readonly settings: { readonly [K in keyof Settings]?: string };
  readonly problems: readonly string[];
};

const name = 'telos.yaml';

/** Reads `telos.yaml` in `folder`; empty when there is none. The YAML reader is loaded only when there is one. */
export async function readSettingsFile(folder: string): Promise<SettingsFile> {
  let text: string;
  try {
    text = readFileSync(join(folder, name), 'utf8');
  } catch {
    return { settings: {}, problems: [] };
  }
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    return { settings: {}, problems: [`${name}:${line}:${col}: ${firstLine(broken.message)}`] };
  }
  return settingsOf(document.toJS({ maxAliasCount: 10 }));
}

function settingsOf(value: unknown): SettingsFile {
  if (value === null || value === undefined) return { settings: {}, problems: [] };
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { settings: {}, problems: [`${name}: expected settings, one a line: TELOS_HOME: .telos`] };
  }
  const settings: { [K in keyof Settings]?: string } = {};
  const problems: string[] = [];
  for (const [key, entry] of Object.entries(value)) {
    const known = settingNames.find((candidate) => candidate === key);
    if (known === undefined) {
      const near = nearest(key, settingNames);
      problems.push(`${name}: unknown setting ${key}${near === undefined ? '' : `; did you mean ${near}?`}`);
    } else if (typeof entry === 'string' || typeof entry === 'number') {
      settings[known] = String(entry);
    } else {
      problems.push(`${name}: ${key} must be text`);
    }
  }
  return { settings, problems };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
