/**
 * compile: a workflow's text becomes a program, or every fault in it.
 *
 *   read      YAML, JSON or JSONC to a value, with the place of everything
 *   document  the form: keys, types, values (zod; the JSON Schema comes from it)
 *   resolve   the meaning: aliases, files, order, expressions, tools, checks
 *
 * Each stage goes on after faults, so that one report holds them all.
 */
import { canonicalJson } from '@telos/core';
import type { Program } from '@telos/core';
import { createExpressionCache } from './cel/compiled-template.ts';
import type { Compiled, CompileOptions, CompileResult } from './compiled.ts';
import { documentSchema } from './document/document-schema.ts';
import { schemaFaults } from './document/schema-faults.ts';
import { hashOf } from './hash-of.ts';
import { foresee } from './labels/foresee.ts';
import { enoughFaults, locatedFaults } from './located-faults.ts';
import { readSource } from './read/read-source.ts';
import type { Source } from './read/read-source.ts';
import type { Report } from './resolve/finding.ts';
import { resolveDocument } from './resolve/resolve-document.ts';
import type { Resolved } from './resolve/resolve-document.ts';
import { withShared } from './shared/with-shared.ts';
import { isObject, kindOf } from './text/json-shape.ts';
import { placeText } from './text/place.ts';

/** Never throws, whatever the source. Equal documents give equal hashes, however they are written down. */
export function compile(source: string, options: CompileOptions): CompileResult {
  const file = options.file ?? '<source>';
  const read = readSource(source, file);
  const faults = locatedFaults(read, file);
  const examined = faults.upToEnough(() => examine(read, source.length, options, faults.report));
  const found = faults.list();
  if (examined === undefined || found.length > 0) return { ok: false, faults: found };
  const canonical = canonicalJson(examined.program);
  const positions = Object.fromEntries(
    [...examined.places].map(([chain, place]) => [chain, read.positionOf(read.offsetOf(place, 'value'))]),
  );
  // read back, so that what runs now has the same order of keys as what is stored
  const program = JSON.parse(canonical) as Program;
  const told = options.subset === 'plan' ? nothingTold : tell(program, examined, read, file, options);
  const { gives } = examined;
  return { ok: true, compiled: { program, hash: hashOf(canonical), canonical, ...told, positions, gives } };
}

/** A plan has no reader to warn. */
const nothingTold: Pick<Compiled, 'warnings' | 'judging'> = { warnings: [], judging: [] };

/** Located as faults are. */
function tell(
  program: Program,
  { places, warnings: noted }: Resolved,
  read: Source,
  file: string,
  { catalog }: CompileOptions,
): Pick<Compiled, 'warnings' | 'judging'> {
  const warnings = locatedFaults(read, file);
  const { stops, judging } = foresee({ program, catalog, expressions: createExpressionCache(), places });
  warnings.upToEnough(() => [...noted, ...stops].forEach((warning) => warnings.report(warning)));
  const located = judging.map(({ use, place, from }) => {
    const at = { file, ...read.positionOf(read.offsetOf(place, 'value')), path: placeText(place) };
    return { use, from, at };
  });
  return { warnings: warnings.list(), judging: located };
}

function examine(read: Source, length: number, options: CompileOptions, report: Report): Resolved | undefined {
  if (!isObject(read.value)) {
    if (read.faults.length === 0) {
      const message = `a workflow is a map that begins with \`telos: 1\`, and this is ${read.value === null ? 'empty' : kindOf(read.value)}`;
      report({ code: 'WRONG_TYPE', place: [], message });
    }
    return undefined;
  }
  // generating code for the schema takes longer than reading a small file without it
  const jitless = length < 50_000;
  const checked = documentSchema.safeParse(read.value, { jitless });
  const issues = checked.error?.issues.slice(0, enoughFaults) ?? [];
  for (const fault of schemaFaults(issues, read.value)) report(fault);
  return resolveDocument(withShared(read.value, options.catalog, options.subset), options, report);
}
