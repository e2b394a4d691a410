/** `uses` and `with`: which tool, on which connection, with what. Of a step, and of what undoes or probes one. */
import type { AnyTool, Json, JsonObject } from '@telos/core';
import { ruleNaming } from '../permissions/rules.ts';
import { fieldOf, isObject, textField } from '../text/json-shape.ts';
import { matchesGlob } from '../text/glob.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { typeOfZod } from '../types/of-zod.ts';
import { checkTemplate, holdsExpression } from './expressions.ts';
import { checkFits } from './fitting.ts';
import { withFiles } from './inlined-files.ts';
import { literalFindings } from './literal-input.ts';
import { resolveModel } from './models.ts';
import type { Resolution } from './resolution.ts';
import type { Sight } from './sight.ts';

export type WrittenUse = {
  /** As the workflow writes it: `sales.query`. */
  readonly written: string;
  /** The tool itself: `db.query`. */
  readonly uses: string;
  readonly with: JsonObject;
  /** Undefined when there is none of that name. */
  readonly tool: AnyTool | undefined;
};

/** Keys of a tool's `with` under which secrets may stand: what is sent there is never recorded. */
const secretKeys: ReadonlySet<string> = new Set(['headers', 'auth']);

/**
 * Reads `uses` and `with` of the map at `place`; `sales.query` becomes
 * `db.query` on the connection `sales`. Undefined when there is no `uses`.
 */
export function resolveToolUse(
  map: Json,
  place: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): WrittenUse | undefined {
  const { catalog } = resolution.options;
  const written = textField(map, 'uses');
  if (written === undefined) return undefined;
  const named = onConnection(written, resolution);
  const uses = named?.uses ?? written;
  const tool = catalog.tools.get(uses);
  const ofBrokenConnection = named !== undefined && named.uses === undefined;
  if (tool === undefined && !ofBrokenConnection) {
    const message =
      named === undefined
        ? `there is no tool \`${written}\``
        : `there is no tool \`${uses}\` for the connection \`${named.connection}\``;
    const hint = nearestUse(written, resolution) ?? 'list them with `telos tools`';
    resolution.report({ code: 'UNKNOWN_TOOL', place: [...place, 'uses'], message, hint });
  }
  refuseDenied(written, uses, place, resolution);
  const given = fieldOf(map, 'with');
  const at = [...place, 'with'];
  let parameters: JsonObject = isObject(given) ? given : {};
  if (uses === 'llm') parameters = withFiles(parameters, at, resolution);
  parameters = withModel(parameters, uses, at, resolution);
  for (const [key, value] of Object.entries(parameters)) {
    const mayNameSecrets = secretKeys.has(key) && resolution.options.subset !== 'plan';
    checkTemplate(value, [...at, key], mayNameSecrets ? { ...sight, secrets: true } : sight, resolution, reads);
  }
  if (named?.uses !== undefined) parameters = { ...parameters, connection: named.connection };
  else knownConnection(parameters, at, resolution);
  if (tool !== undefined) {
    resolution.requires.tools.add(uses);
    for (const finding of literalFindings(tool.input, parameters, at, `\`${written}\``)) resolution.report(finding);
    const taker = { code: 'TOOL_INPUT' as const, what: `\`${written}\``, sight, resolution };
    if (Object.values(parameters).some(holdsExpression))
      checkFits(parameters, typeOfZod(tool.input, 'input'), at, taker);
  }
  return { written, uses, with: parameters, tool };
}

/** What `permissions.deny` names, under either name of the tool. */
function refuseDenied(written: string, uses: string, place: Place, resolution: Resolution): void {
  const glob = ruleNaming(resolution.deny, { written, uses });
  if (glob === undefined) return;
  resolution.report({
    code: 'TOOL_DENIED',
    place: [...place, 'uses'],
    message: `\`${written}\` is denied by \`${glob}\` under \`permissions\``,
    hint: 'take the step out, or the tool off the list',
  });
}

/**
 * The tools that a glob names, under the name that is written: those of the catalogue, and of the connections. Where
 * there are connections of a kind, the bare tools of that kind, which take any of them, are named by nothing wider than `kind.*`.
 */
export function usesNamedBy(
  glob: string,
  resolution: Resolution,
): readonly { readonly written: string; readonly uses: string; readonly connection?: string }[] {
  const kinds = new Set(resolution.connections.values());
  const isBare = (written: string): boolean => kinds.has(written.split('.')[0]);
  return [...resolution.options.catalog.tools.keys(), ...connectionUses(resolution)]
    .filter((written) => matchesGlob(glob, written))
    .filter((written) => !isBare(written) || glob.startsWith(`${written.split('.')[0] ?? ''}.`))
    .map((written) => {
      const named = onConnection(written, resolution);
      return named?.uses === undefined
        ? { written, uses: written }
        : { written, uses: named.uses, connection: named.connection };
    });
}

/** The name that was most likely meant, as a hint. */
export function nearestUse(written: string, resolution: Resolution): string | undefined {
  return suggestion(written, [...resolution.options.catalog.tools.keys(), ...connectionUses(resolution)]);
}

type Named = { readonly connection: string; readonly uses: string | undefined };

function onConnection(written: string, { connections }: Resolution): Named | undefined {
  const dot = written.indexOf('.');
  if (dot === -1) return undefined;
  const connection = written.slice(0, dot);
  if (!connections.has(connection)) return undefined;
  const kind = connections.get(connection);
  return { connection, uses: kind === undefined ? undefined : `${kind}${written.slice(dot)}` };
}

/** What may be written after `uses:` besides the names of tools. */
function connectionUses(resolution: Resolution): readonly string[] {
  return [...resolution.connections].flatMap(([name, kind]) =>
    kind === undefined
      ? []
      : [...resolution.options.catalog.tools.keys()]
          .filter((tool) => tool.startsWith(`${kind}.`))
          .map((tool) => `${name}${tool.slice(kind.length)}`),
  );
}

function knownConnection(parameters: JsonObject, place: Place, resolution: Resolution): void {
  const connection = textField(parameters, 'connection');
  const { connections } = resolution;
  if (connection === undefined || holdsExpression(connection) || connections.has(connection)) return;
  resolution.report({
    code: 'UNKNOWN_CONNECTION',
    place: [...place, 'connection'],
    message: `there is no connection \`${connection}\``,
    hint: suggestion(connection, connections.keys()) ?? 'declare it under `tools:`',
  });
}

/** A model that is written down is resolved now; one that an expression gives is the run's affair. */
function withModel(parameters: JsonObject, uses: string, place: Place, resolution: Resolution): JsonObject {
  const written = fieldOf(parameters, 'model');
  if (written === undefined) {
    if (uses === 'llm') resolution.requires.models.add('auto');
    return parameters;
  }
  if (holdsExpression(written)) return parameters;
  const isAlias = typeof written === 'string' && resolution.models.has(written);
  if (uses !== 'llm' && !isAlias) return parameters;
  return { ...parameters, model: resolveModel(written, [...place, 'model'], resolution) ?? 'auto' };
}
