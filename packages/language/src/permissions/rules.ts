/**
 * Rules of `permissions`: globs on the names of tools and on their arguments.
 *
 *   web.*                                                     a name
 *   { uses: http.request, with: { url: "https://api.example/*" } }    a name, and every argument named
 *
 * An argument is named by its path (`body.to`). A glob that holds `://` is
 * matched as a URL, part by part, so that no `*` reaches from the host into the
 * path or the other way round.
 */
import { matchesGlob } from '@telos/core';
import type { ActionStep, Json, PermissionRule, Program } from '@telos/core';
import { fieldOf, isList } from '../text/json-shape.ts';

/** A tool by the name that the workflow writes (`sales.query`) and by its own (`db.query`). */
export type ToolNames = { readonly written: string; readonly uses: string };

/**
 * Of a compiled step: the name on its connection, when it has one that is written down.
 *
 * @param connections Of its program. A server's tool may have an argument of that name, which means nothing here.
 */
export function namesOf(
  { uses, with: given }: Pick<ActionStep, 'uses' | 'with'>,
  connections: Program['tools'],
): ToolNames {
  const [family = ''] = uses.split('.', 1);
  if (Object.hasOwn(connections, family)) return { uses, written: uses };
  const connection = fieldOf(given, 'connection');
  const verb = uses.slice(uses.indexOf('.'));
  return { uses, written: typeof connection === 'string' && uses.includes('.') ? `${connection}${verb}` : uses };
}

/** The rule as people write it. */
export function ruleText(rule: PermissionRule): string {
  if (typeof rule === 'string') return rule;
  const given = Object.entries(rule.with).map(([argument, glob]) => `${argument}: ${glob}`);
  return `${rule.uses} with ${given.join(', ')}`;
}

/** The first rule that names the tool and looks at no argument. */
export function ruleNaming(rules: readonly PermissionRule[], names: ToolNames): string | undefined {
  // A rule that is text is a glob on the name alone.
  return rules.find((rule): rule is string => typeof rule === 'string' && isNamed(rule, names));
}

/** Whether the arguments of this tool decide which rule it falls under. */
export function looksAtArguments(rules: readonly PermissionRule[], names: ToolNames): boolean {
  return rules.some((rule) => typeof rule !== 'string' && isNamed(rule.uses, names));
}

/**
 * The first rule that a call falls under.
 *
 * @param lists Of an argument that is a list: whether each of its items has to fit, as is safe where a rule lets go,
 *   or one is enough, as is safe where it holds back.
 */
export function ruleFor(
  rules: readonly PermissionRule[],
  names: ToolNames,
  input: Json,
  lists: 'every' | 'some',
): PermissionRule | undefined {
  return rules.find((rule) => {
    if (typeof rule === 'string') return isNamed(rule, names);
    if (!isNamed(rule.uses, names)) return false;
    return Object.entries(rule.with).every(([path, glob]) => fits(glob, argumentAt(input, path), lists));
  });
}

function isNamed(glob: string, { written, uses }: ToolNames): boolean {
  return matchesGlob(glob, written) || matchesGlob(glob, uses);
}

function argumentAt(input: Json, path: string): Json | undefined {
  let at: Json | undefined = input;
  for (const key of path.split('.')) at = fieldOf(at, key);
  return at;
}

function fits(glob: string, value: Json | undefined, lists: 'every' | 'some'): boolean {
  if (value === undefined) return false;
  if (isList(value)) {
    const fitting = value.filter((item) => fits(glob, item, lists)).length;
    return lists === 'every' ? value.length > 0 && fitting === value.length : fitting > 0;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return glob.includes('://') ? fitsUrl(glob, text) : matchesGlob(glob, text);
}

function fitsUrl(glob: string, text: string): boolean {
  const [, scheme = '', host = '', rest = ''] = /^([^:]*):\/\/([^/?#]*)(.*)$/s.exec(glob) ?? [];
  const url = URL.parse(text);
  if (url === null) return false;
  return (
    matchesGlob(scheme.toLowerCase(), url.protocol.slice(0, -1)) &&
    // A name that ends with a dot is the same name.
    matchesGlob(host.toLowerCase(), url.host.replace(/\.(?=:|$)/, '')) &&
    (rest === '' || matchesGlob(rest, `${url.pathname}${url.search}${url.hash}`))
  );
}
