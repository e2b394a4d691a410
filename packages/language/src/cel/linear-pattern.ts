/**
 * Regular expressions in linear time.
 *
 * The host's own engine backtracks: `^(a+)+$` on 31 characters holds a thread
 * for a minute. RE2 has no backtracking, so a pattern from a workflow or a
 * schema costs at most pattern times text. Loaded when first used.
 */
import { createRequire } from 'node:module';
import { TelosError } from '@telos/core';
import type * as re2js from 're2js';

export type LinearPattern = {
  /** Whether the pattern is found anywhere in the text. */
  test(text: string): boolean;
};

const longestPattern = 2000;
const remembered = 512;
const patterns = new Map<string, LinearPattern>();
const load = createRequire(import.meta.url);

/** @throws TelosError PATTERN_INVALID when RE2 cannot read the pattern (it knows neither look-around nor back references). */
export function linearPattern(pattern: string): LinearPattern {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const made = compilePattern(pattern);
  if (patterns.size >= remembered) patterns.clear();
  patterns.set(pattern, made);
  return made;
}

function compilePattern(pattern: string): LinearPattern {
  if (pattern.length > longestPattern) {
    throw new TelosError(
      'PATTERN_INVALID',
      `a pattern may have ${longestPattern} characters, and this one has ${pattern.length}`,
    );
  }
  // the package's own type declarations describe what require() gives
  const { RE2JS } = load('re2js') as typeof re2js;
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return { test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TelosError('PATTERN_INVALID', `the pattern \`${pattern}\` cannot be used: ${reason}`, { cause: error });
  }
}
