/** `telos.yaml`: the settings of the environment, and definitions that workflows share, in a file beside the workflows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, SettingsEntry, SharedDefinitions } from '@telos/language';
import { nearest, placeText } from '@telos/language/text';
import type { RateLimits } from '@telos/models';
import { rateLimitsKey, readRateLimits } from './rate-limits.ts';
import { settingNames } from './settings.ts';
import type { Settings } from './settings.ts';

export type SettingsFile = {
  readonly settings: { readonly [K in keyof Settings]?: Setting };
  /** Absent when the file shares nothing. */
  readonly shared?: SharedDefinitions;
  /** Absent when the file names none. */
  readonly rateLimits?: RateLimits;
  readonly problems: readonly string[];
};

/** As it is written, and where: `telos.yaml:3:1`. */
export type Setting = { readonly text: string; readonly at: string };

const name = 'telos.yaml';

/**
 * Reads `telos.yaml` in `folder`; empty when there is none. The reader is loaded only when there is one.
 *
 * @param catalog Gives what shared definitions may name.
 */
export async function readSettingsFile(folder: string, catalog: () => Promise<Catalog>): Promise<SettingsFile> {
  let source: string;
  try {
    source = readFileSync(join(folder, name), 'utf8');
  } catch {
    return { settings: {}, problems: [] };
  }
  const { readSettings, sharedKeys } = await import('@telos/language');
  const { shared, entries, faults, positionOf } = await readSettings(source, name, catalog);
  const settings: { [K in keyof Settings]?: Setting } = {};
  const problems: string[] = [];
  let rateLimits: RateLimits | undefined;
  for (const entry of entries) {
    const { key, value } = entry;
    const known = settingNames.find((candidate) => candidate === key);
    if (key === rateLimitsKey) {
      const { providerNames } = await import('@telos/models');
      const read = readRateLimits(value, providerNames);
      rateLimits = read.limits;
      for (const { place, message } of read.problems) {
        const at = [key, ...place];
        problems.push(`${placeOf(positionOf(at))}: ${placeText(at)}: ${message}`);
      }
    } else if (known === undefined)
      problems.push(`${placeOf(entry)}: ${unknownSetting(key, [...sharedKeys, rateLimitsKey])}`);
    else if (typeof value !== 'string' && typeof value !== 'number')
      problems.push(`${placeOf(entry)}: ${key} must be text`);
    else settings[known] = { text: String(value), at: placeOf(entry) };
  }
  for (const { line, column, path, message, hint } of faults) {
    const where = path === '' ? '' : `${path}: `;
    problems.push(`${name}:${line}:${column}: ${where}${message}${hint === undefined ? '' : `; ${hint}`}`);
  }
  const isShared = Object.values(shared).some((definitions) => Object.keys(definitions).length > 0);
  return {
    settings,
    problems,
    ...(isShared ? { shared } : {}),
    ...(rateLimits === undefined ? {} : { rateLimits }),
  };
}

function placeOf({ line, column }: Pick<SettingsEntry, 'line' | 'column'>): string {
  return `${name}:${line}:${column}`;
}

function unknownSetting(key: string, sharedKeys: readonly string[]): string {
  const near = nearest(key, [...settingNames, ...sharedKeys]);
  const meant = near === undefined ? `beside settings there may be ${sharedKeys.join(', ')}` : `did you mean ${near}?`;
  return `unknown setting ${key}; ${meant}`;
}
