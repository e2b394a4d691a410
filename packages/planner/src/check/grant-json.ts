/** A grant as a journal keeps it, so that a plan which a person edits is held against the same. */
import type { JsonObject, PermissionRule } from '@telos/core';
import type { Catalog } from '@telos/language';
import { z } from 'zod';
import { allowedTools } from '../request/allowed-tools.ts';
import type { Grant } from './grant.ts';

const rules = z.array(z.union([z.string(), z.object({ uses: z.string(), with: z.record(z.string(), z.string()) })]));

const form = z.object({
  /** Names, without globs: what was granted, and no tool that has come since. */
  tools: z.array(z.string()),
  effects: z.enum(['read', 'write', 'irreversible']),
  model: z.union([z.string(), z.object({ fallback: z.array(z.string()) })]),
  permissions: z.object({ ask: rules, deny: rules }),
});

export function grantJson({ tools, effects, model, permissions }: Grant): JsonObject {
  const { ask, deny } = permissions;
  return {
    tools: [...tools.keys()],
    effects,
    model: typeof model === 'string' ? model : { fallback: [...model.fallback] },
    permissions: { ask: ask.map(ruleJson), deny: deny.map(ruleJson) },
  };
}

function ruleJson(rule: PermissionRule): string | JsonObject {
  return typeof rule === 'string' ? rule : { uses: rule.uses, with: { ...rule.with } };
}

export function grantOf(json: JsonObject, catalog: Catalog): Grant {
  const { tools, effects, model, permissions } = form.parse(json);
  return { catalog, tools: allowedTools(catalog.tools, tools), effects, model, permissions };
}
