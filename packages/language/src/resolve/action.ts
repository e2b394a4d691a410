import type { ActionStep, Json, JsonObject } from '@telos/core';
import { fieldOf, isObject, textField } from '../text/json-shape.ts';
import { matchesGlob } from '../text/glob.ts';
import { suggestion } from '../text/nearest.ts';
import { checkTemplate, holdsExpression } from './expressions.ts';
import { withFiles } from './inlined-files.ts';
import { literalFindings } from './literal-input.ts';
import { resolveModel } from './models.ts';
import { resolvePolicies } from './policies.ts';
import type { Resolution } from './resolution.ts';
import type { StepSite } from './step-site.ts';

/** Reads `uses` and `with`; `sales.query` becomes `db.query` on the connection `sales`. */
export function resolveAction(step: Json, site: StepSite): ActionStep | undefined {
  const { place, resolution, sight } = site;
  const { catalog } = resolution.options;
  const written = textField(step, 'uses');
  if (written === undefined) return undefined;
  const named = onConnection(written, site);
  const uses = named?.uses ?? written;
  const tool = catalog.tools.get(uses);
  const ofBrokenConnection = named !== undefined && named.uses === undefined;
  if (tool === undefined && !ofBrokenConnection) {
    const known = [...catalog.tools.keys(), ...connectionUses(resolution)];
    const message =
      named === undefined
        ? `there is no tool \`${written}\``
        : `there is no tool \`${uses}\` for the connection \`${named.connection}\``;
    resolution.report({
      code: 'UNKNOWN_TOOL',
      place: [...place, 'uses'],
      message,
      hint: suggestion(written, known) ?? 'list them with `telos tools`',
    });
  }
  refuseDenied(written, uses, site);
  const reads = new Set<string>();
  const given = fieldOf(step, 'with');
  const at = [...place, 'with'];
  let parameters: JsonObject = isObject(given) ? given : {};
  if (uses === 'llm') parameters = withFiles(parameters, at, resolution);
  parameters = withModel(parameters, uses, site);
  checkTemplate(parameters, at, sight, resolution, reads);
  if (named?.uses !== undefined) parameters = { ...parameters, connection: named.connection };
  else knownConnection(parameters, site);
  if (tool !== undefined) {
    resolution.requires.tools.add(uses);
    for (const finding of literalFindings(tool.input, parameters, at, `\`${written}\``)) resolution.report(finding);
  }
  const policies = resolvePolicies(step, place, sight, resolution, reads, tool?.effect);
  return {
    kind: 'action',
    id: site.id,
    after: site.after,
    reads: [...reads].sort(),
    ...policies,
    uses,
    with: parameters,
  };
}

/** What the workflow's own `permissions.deny` names, under either name of the tool. */
function refuseDenied(written: string, uses: string, site: StepSite): void {
  const { deny } = site.resolution;
  const glob = deny.find((pattern) => matchesGlob(pattern, written) || matchesGlob(pattern, uses));
  if (glob === undefined) return;
  site.resolution.report({
    code: 'TOOL_DENIED',
    place: [...site.place, 'uses'],
    message: `\`${written}\` is denied by \`${glob}\` under \`permissions\``,
    hint: 'take the step out, or the tool off the list',
  });
}

type Named = { readonly connection: string; readonly uses: string | undefined };

function onConnection(written: string, site: StepSite): Named | undefined {
  const dot = written.indexOf('.');
  if (dot === -1) return undefined;
  const connection = written.slice(0, dot);
  if (!site.resolution.connections.has(connection)) return undefined;
  const kind = site.resolution.connections.get(connection);
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

function knownConnection(parameters: JsonObject, site: StepSite): void {
  const connection = textField(parameters, 'connection');
  const { connections } = site.resolution;
  if (connection === undefined || holdsExpression(connection) || connections.has(connection)) return;
  site.resolution.report({
    code: 'UNKNOWN_CONNECTION',
    place: [...site.place, 'with', 'connection'],
    message: `there is no connection \`${connection}\``,
    hint: suggestion(connection, connections.keys()) ?? 'declare it under `tools:`',
  });
}

/** A model that is written down is resolved now; one that an expression gives is the run's affair. */
function withModel(parameters: JsonObject, uses: string, site: StepSite): JsonObject {
  const { resolution } = site;
  const written = fieldOf(parameters, 'model');
  if (written === undefined) {
    if (uses === 'llm') resolution.requires.models.add('auto');
    return parameters;
  }
  if (holdsExpression(written)) return parameters;
  const isAlias = typeof written === 'string' && resolution.models.has(written);
  if (uses !== 'llm' && !isAlias) return parameters;
  return { ...parameters, model: resolveModel(written, [...site.place, 'with', 'model'], resolution) ?? 'auto' };
}
