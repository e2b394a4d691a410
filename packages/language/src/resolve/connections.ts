/** Connections under `tools:`. `db`, `http` and `mcp` can be used in this version. */
import { turnTool } from '@telos/core';
import type { ConnectionSpec, Json } from '@telos/core';
import type { CompileOptions } from '../compiled.ts';
import { isObject, objectField } from '../text/json-shape.ts';
import { checkTemplate } from './expressions.ts';
import type { Report } from './finding.ts';
import type { Resolution } from './resolution.ts';
import { noNames } from './sight.ts';
import type { Sight } from './sight.ts';
import { servedKind, serverSettings } from './served.ts';

const usable: ReadonlySet<string> = new Set(['db', 'http']);

/** Names of the connections and their kinds; undefined for one that is at fault. */
export function connectionKinds(
  document: Json,
  options: CompileOptions,
  report: Report,
): ReadonlyMap<string, string | undefined> {
  const { tools, servers } = options.catalog;
  const families = new Set([...tools.keys(), turnTool].map((tool) => tool.split('.', 1)[0] ?? tool));
  const given = Object.entries(options.connections ?? {});
  const kinds = new Map<string, string | undefined>(given.map(([name, spec]) => [name, spec.kind]));
  for (const [name, written] of Object.entries(objectField(document, 'tools') ?? {})) {
    const place = ['tools', name];
    kinds.set(name, undefined);
    if (!isObject(written)) continue;
    const [kind, ...more] = Object.keys(written);
    if (kind === undefined || more.length > 0) {
      report({
        code: 'INVALID_VALUE',
        place,
        message: `the connection \`${name}\` must have exactly one kind`,
        hint: 'such as { db: { url: ... } }',
      });
    } else if (families.has(name)) {
      report({
        code: 'INVALID_VALUE',
        place,
        at: 'key',
        message: `\`${name}\` is already the name of a tool or a family of tools`,
        hint: 'give the connection another name',
      });
    } else if (usable.has(kind) || (kind === servedKind && servers !== undefined)) {
      kinds.set(name, kind);
    } else {
      const message = `connections of kind \`${kind}\` cannot be used yet`;
      report({ code: 'UNSUPPORTED', place: [...place, kind], at: 'key', message, hint: 'db and http can' });
    }
  }
  return kinds;
}

export function connectionSpecs(document: Json, resolution: Resolution): { readonly [name: string]: ConnectionSpec } {
  const sight: Sight = { names: noNames, roots: ['inputs', 'run'], secrets: true };
  const specs: { [name: string]: ConnectionSpec } = { ...resolution.options.connections };
  for (const [name, spec] of Object.entries(specs)) {
    checkTemplate(spec.with, ['tools', name, spec.kind], sight, resolution, new Set());
  }
  for (const [name, written] of Object.entries(objectField(document, 'tools') ?? {})) {
    const kind = resolution.connections.get(name);
    if (!isObject(written)) continue;
    for (const [key, fields] of Object.entries(written)) {
      // Who a server is must be known before there is a run.
      const seen: Sight = key === servedKind ? { ...sight, roots: [] } : sight;
      checkTemplate(fields, ['tools', name, key], seen, resolution, new Set());
    }
    const settings = kind === undefined ? undefined : (written[kind] ?? {});
    if (kind === undefined || settings === undefined) continue;
    specs[name] = { kind, with: kind === servedKind && isObject(settings) ? serverSettings(settings) : settings };
  }
  return specs;
}
