/**
 * A settings file: shared definitions, read as strictly as a workflow's own, and
 * beside them whatever its owner knows the names of.
 */
import type { Json } from '@telos/core';
import type { Catalog } from '../compiled.ts';
import { documentSchema } from '../document/document-schema.ts';
import { schemaFaults } from '../document/schema-faults.ts';
import type { Fault } from '../fault.ts';
import { enoughFaults, locatedFaults } from '../located-faults.ts';
import { readSource } from '../read/read-source.ts';
import { resolveShared } from '../resolve/resolve-document.ts';
import { isObject, kindOf, objectField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import type { SharedDefinitions } from './shared-definitions.ts';

export type SettingsDocument = {
  readonly shared: SharedDefinitions;
  readonly entries: readonly SettingsEntry[];
  /** Empty when all that is shared can be used. */
  readonly faults: readonly Fault[];
  /** Where a key stands, or the nearest place around it. */
  positionOf(place: Place): { readonly line: number; readonly column: number };
};

/** A key that is not shared definitions, and where it stands. */
export type SettingsEntry = {
  readonly key: string;
  readonly value: Json;
  readonly line: number;
  readonly column: number;
};

const sharedSchema = documentSchema.pick({ models: true, tools: true, evaluators: true });

export const sharedKeys: readonly string[] = Object.keys(sharedSchema.shape);

/**
 * Never rejects by itself, whatever the source.
 *
 * @param catalog What shared definitions may name. Asked for when there are some: making it costs more than reading the file.
 */
export async function readSettings(
  source: string,
  file: string,
  catalog: () => Promise<Catalog>,
): Promise<SettingsDocument> {
  const read = readSource(source, file);
  const faults = locatedFaults(read, file);
  const value = isObject(read.value) ? read.value : {};
  if (!isObject(read.value) && read.value !== null) {
    faults.report({
      code: 'WRONG_TYPE',
      place: [],
      message: `expected a map of settings, found ${kindOf(read.value)}`,
    });
  }
  const written = Object.fromEntries(Object.entries(value).filter(([key]) => sharedKeys.includes(key)));
  const known = Object.keys(written).length === 0 ? undefined : await catalog();
  if (known !== undefined) {
    faults.upToEnough(() => {
      // A file of settings is small: generating code for the schema would take longer than reading it without.
      const issues = sharedSchema.safeParse(written, { jitless: true }).error?.issues.slice(0, enoughFaults) ?? [];
      for (const fault of schemaFaults(issues, written)) faults.report(fault);
      resolveShared(written, { catalog: known, file }, faults.report);
    });
  }
  // Behind a syntax error nothing is certain.
  const entries = Object.entries(read.brokenAt === undefined ? value : {})
    .filter(([key]) => !sharedKeys.includes(key))
    .map(([key, entry]) => ({ key, value: entry, ...read.positionOf(read.offsetOf([key], 'key')) }));
  const part = (name: string) => objectField(written, name) ?? {};
  return {
    shared: { models: part('models'), tools: part('tools'), evaluators: part('evaluators') },
    entries,
    faults: faults.list(),
    positionOf: (place) => read.positionOf(read.offsetOf(place, 'key')),
  };
}
