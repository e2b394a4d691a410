/**
 * compile: a workflow's text becomes a program, or every fault in it.
 *
 *   read      YAML, JSON or JSONC to a value, with the place of everything
 *   document  the form: keys, types, values (zod; the JSON Schema comes from it)
 *   resolve   the meaning: aliases, files, order, expressions, tools, checks
 *
 * Each stage goes on after faults, so that one report holds them all.
 */
import type { ErrorCode, Program } from '@telos/core';
import { canonicalJson } from './canonical-json.ts';
import type { CompileOptions, CompileResult } from './compiled.ts';
import { documentSchema } from './document/document-schema.ts';
import { schemaFaults } from './document/schema-faults.ts';
import type { Fault } from './fault.ts';
import { hashOf } from './hash-of.ts';
import { readSource } from './read/read-source.ts';
import type { Source } from './read/read-source.ts';
import type { Finding } from './resolve/finding.ts';
import { resolveDocument } from './resolve/resolve-document.ts';
import { defined } from './text/defined.ts';
import { isObject, kindOf } from './text/json-shape.ts';
import { placeText } from './text/place.ts';

/** At most this many faults are reported; more help nobody. */
const mostFaults = 200;
/** After so many nothing is looked for any more: each costs a search for the name that was meant. */
const enoughFaults = 1000;

class EnoughFaults extends Error {}

/** Never throws, whatever the source. Equal documents give equal hashes, however they are written down. */
export function compile(source: string, options: CompileOptions): CompileResult {
  const file = options.file ?? '<source>';
  const read = readSource(source, file);
  const faults: Fault[] = read.faults.map((fault) =>
    faultAt(
      read,
      file,
      fault.offset ?? read.offsetOf(fault.place, 'value'),
      fault.code,
      placeText(fault.place),
      fault.message,
      fault.hint,
    ),
  );
  const report = (finding: Finding): void => {
    const { place, within, at = 'value' } = finding;
    const offset =
      within === undefined ? read.offsetOf(place, at) : read.offsetWithin(place, within.piece, within.into);
    faults.push(faultAt(read, file, offset, finding.code, placeText(place), finding.message, finding.hint));
    if (faults.length >= enoughFaults) throw new EnoughFaults();
  };
  const examined = examine(read, source.length, options, report);
  if (examined === undefined || faults.length > 0) return { ok: false, faults: ordered(faults, read) };
  const canonical = canonicalJson(examined.program);
  const positions = Object.fromEntries(
    [...examined.places].map(([chain, place]) => [chain, read.positionOf(read.offsetOf(place, 'value'))]),
  );
  // read back, so that what runs now has the same order of keys as what is stored
  const program = JSON.parse(canonical) as Program;
  return { ok: true, compiled: { program, hash: hashOf(canonical), canonical, positions } };
}

function examine(
  read: Source,
  length: number,
  options: CompileOptions,
  report: (finding: Finding) => void,
): ReturnType<typeof resolveDocument> | undefined {
  if (!isObject(read.value)) {
    if (read.faults.length === 0) {
      const message = `a workflow is a map that begins with \`telos: 1\`, and this is ${read.value === null ? 'empty' : kindOf(read.value)}`;
      report({ code: 'WRONG_TYPE', place: [], message });
    }
    return undefined;
  }
  // generating code for the schema takes longer than reading a small file without it
  const jitless = length < 50_000;
  try {
    const checked = documentSchema.safeParse(read.value, { jitless });
    const issues = checked.error?.issues.slice(0, enoughFaults) ?? [];
    for (const fault of schemaFaults(issues, read.value)) report(fault);
    return resolveDocument(read.value, options, report);
  } catch (error) {
    if (error instanceof EnoughFaults) return undefined;
    throw error;
  }
}

function faultAt(
  read: Source,
  file: string,
  offset: number,
  code: ErrorCode,
  path: string,
  message: string,
  hint: string | undefined,
): Fault {
  return defined({ code, file, ...read.positionOf(offset), path, message, hint });
}

/** What is said about things that may stand further down, behind a syntax error, cannot be trusted. */
const needsTheWhole: ReadonlySet<string> = new Set([
  'MISSING_KEY',
  'UNKNOWN_STEP',
  'NOT_AN_ANCESTOR',
  'UNKNOWN_INPUT',
  'UNKNOWN_MODEL',
  'UNKNOWN_EVALUATOR',
  'UNKNOWN_CONNECTION',
  'UNKNOWN_TOOL',
]);

/** By place; each fault once; after a syntax error only what is certain. */
function ordered(faults: readonly Fault[], read: Source): readonly Fault[] {
  const broken = read.brokenAt === undefined ? undefined : read.positionOf(read.brokenAt);
  const seen = new Set<string>();
  return faults
    .filter((fault) => {
      if (
        broken !== undefined &&
        fault.code !== 'YAML_SYNTAX' &&
        (fault.line >= broken.line || needsTheWhole.has(fault.code))
      )
        return false;
      const key = `${fault.code} ${fault.line}:${fault.column} ${fault.path} ${fault.message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((left, right) => left.line - right.line || left.column - right.column)
    .slice(0, mostFaults);
}
