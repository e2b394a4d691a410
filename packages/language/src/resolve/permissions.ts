import type { Json, PermissionRule, PermissionsSpec } from '@telos/core';
import { isHostPattern } from '../permissions/hosts.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, isObject, listField, objectField, textField } from '../text/json-shape.ts';
import type { Report } from './finding.ts';

/** Reads `permissions:`. A rule that looks at no argument is the glob alone. */
export function permissionsOf(document: Json): PermissionsSpec {
  const written = fieldOf(document, 'permissions');
  const rules = (key: string): readonly PermissionRule[] =>
    (listField(written, key) ?? []).flatMap((rule) => ruleOf(rule) ?? []);
  const hosts = (listField(written, 'hosts') ?? []).filter((host) => typeof host === 'string');
  return defined({
    allow: rules('allow'),
    ask: rules('ask'),
    deny: rules('deny'),
    hosts: hosts.length === 0 ? undefined : hosts,
  });
}

/** What the form of `permissions` leaves open. */
export function checkPermissions(document: Json, report: Report): void {
  const hosts = listField(fieldOf(document, 'permissions'), 'hosts') ?? [];
  for (const [index, host] of hosts.entries()) {
    if (typeof host !== 'string' || isHostPattern(host)) continue;
    report({
      code: 'INVALID_VALUE',
      place: ['permissions', 'hosts', index],
      message: `\`${host}\` is no host`,
      hint: 'write it like api.example.org, api.example.org:8443 or *.example.org, without https://',
    });
  }
}

function ruleOf(rule: Json): PermissionRule | undefined {
  if (typeof rule === 'string') return rule;
  const uses = textField(rule, 'uses');
  if (!isObject(rule) || uses === undefined) return undefined;
  const given = Object.entries(objectField(rule, 'with') ?? {});
  if (given.length === 0) return uses;
  return {
    uses,
    with: Object.fromEntries(
      given.map(([argument, glob]) => [argument, typeof glob === 'string' ? glob : JSON.stringify(glob)]),
    ),
  };
}
