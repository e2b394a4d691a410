/**
 * Leave: whether a call may be made with what its arguments carry.
 *
 *   deny rule ─> refused        ask rule ─> asked        allow rule ─> made
 *   no rule, and an effect decided by `untrusted`, or `private` on its way to a
 *   host that may have none ─> asked
 *
 * See docs/decisions/0012-labels.md.
 */
import { isJson, labellingAt, TelosError, unlabelled } from '@telos/core';
import type {
  ActionStep,
  AnyTool,
  Effect,
  Json,
  Labelling,
  ModelSpec,
  Permission,
  PermissionRule,
  Program,
} from '@telos/core';
import { closedHosts, looksAtArguments, namesOf, ruleFor, ruleText } from '@telos/language';
import type { Scope } from '@telos/language';
import type { Context } from '../scope/contexts.ts';
import { didOf } from './effect.ts';

export type Leave = 'given' | { readonly refused: TelosError } | { readonly ask: Permission };

export type Call = {
  readonly step: ActionStep;
  readonly tool: AnyTool;
  readonly context: Context;
  readonly scope: Scope;
  /** What the tool would be given, secrets masked. */
  readonly shown: Json;
  readonly labelling: Labelling;
  /** That its gate has escalated to. */
  readonly model?: ModelSpec | undefined;
  /** Hosts that the installation lets have private data. */
  readonly privateHosts: readonly string[];
};

/** More than these nobody reads. */
const mostArguments = 100;

/** Whether a rule has to be held against what this step's tool is given, be it labelled or not. */
export function isHeldToRules(step: ActionStep, { permissions, linked }: Context): boolean {
  const own = permissions[0];
  if (own === undefined) return false;
  // Of the program's own rules those on names alone were held against the step when it was compiled.
  if (own.deny.length + own.ask.length > 0 && looksAt([...own.deny, ...own.ask], step, linked.program)) return true;
  return permissions.length > 1 && permissions.some(({ deny, ask }) => deny.length + ask.length > 0);
}

/** Where an expression gives the connection, as it does in an agent's call, it is not known yet which rule names the call. */
function looksAt(rules: readonly PermissionRule[], step: ActionStep, { tools }: Program): boolean {
  return choosesConnection(step) || looksAtArguments(rules, namesOf(step, tools));
}

function choosesConnection({ with: given }: ActionStep): boolean {
  if (typeof given === 'string') return true;
  const connection = typeof given === 'object' && given !== null && 'connection' in given ? given.connection : null;
  return typeof connection === 'string' && connection.includes('${{');
}

/** A promise only where the tool has to find out where it sends. Never rejects. */
export function leaveFor(call: Call): Leave | Promise<Leave> {
  const { step, tool, context, scope, shown, labelling } = call;
  const names = namesOf({ uses: step.uses, with: shown }, context.linked.program.tools);
  const taken = takenBy(call);
  const held = (rules: readonly PermissionRule[]): PermissionRule | undefined =>
    ruleFor(rules, names, shown, 'some') ?? ruleFor(rules, names, taken, 'some');
  for (const { deny } of context.permissions) {
    const rule = held(deny);
    if (rule === undefined) continue;
    const message = `\`${names.written}\` with these arguments is denied by \`${ruleText(rule)}\` under \`permissions\`.`;
    return { refused: new TelosError('TOOL_DENIED', message) };
  }
  const rule = step.asks === true || context.permissions.some(({ ask }) => held(ask) !== undefined);
  const { effect } = didOf({ step, scope, rendering: context.rendering }, tool);
  if (labelling === unlabelled) return leaveOf(call, effect, rule, []);
  const hosts = isSensitive(call) ? closedTo(call, effect) : [];
  return hosts instanceof Promise
    ? hosts.then((found) => leaveOf(call, effect, rule, found))
    : leaveOf(call, effect, rule, hosts);
}

/** What the tool makes of its arguments: those left out have its defaults, and a text may be trimmed. */
function takenBy({ tool, shown }: Call): Json {
  const parsed = tool.input.safeParse(shown);
  return parsed.success && isJson(parsed.data) ? parsed.data : shown;
}

/** @param hosts That would be sent private data and may not have any; `unknown` when it could go anywhere. */
function leaveOf(call: Call, effect: Effect, rule: boolean, hosts: readonly string[] | 'unknown'): Leave {
  const { step, tool, context, shown, labelling } = call;
  const names = namesOf({ uses: step.uses, with: shown }, context.linked.program.tools);
  const leaving = hosts === 'unknown' || hosts.length > 0;
  const because: Permission['because'] = [
    ...(rule ? (['rule'] as const) : []),
    ...(effect !== 'read' && tool.keepsLabels !== true && labelling.untrusted !== undefined
      ? (['untrusted'] as const)
      : []),
    ...(leaving ? (['private'] as const) : []),
  ];
  if (because.length === 0) return 'given';
  const allow = context.permissions[0]?.allow ?? [];
  const lets = (input: Json): boolean => ruleFor(allow, names, input, 'every') !== undefined;
  if (!rule && lets(shown) && lets(takenBy(call))) return 'given';
  return {
    ask: {
      uses: names.written,
      effect,
      because,
      arguments: argumentsOf(shown, labelling),
      ...(leaving ? { hosts: hosts === 'unknown' ? [] : [...hosts] } : {}),
    },
  };
}

/** Whether it carries something that not every host may have. */
function isSensitive(call: Call): boolean {
  return call.labelling.private !== undefined || isSecretAimed(call);
}

/** A secret goes where the workflow says; here something from outside has a say in where that is. */
function isSecretAimed({ step, context, labelling }: Call): boolean {
  if (context.linked.program.requires.secrets.length === 0) return false;
  if (labellingAt(labelling, ['url']).untrusted === undefined) return false;
  const { with: given } = step;
  const { url } = typeof given === 'object' && given !== null && 'url' in given ? given : { url: null };
  const isFixed = typeof url === 'string' && /^https?:\/\/[^/?#${}]+\//i.test(url);
  return !isFixed && JSON.stringify(given).includes('secrets');
}

/** Where it would be sent that may have no private data. */
function closedTo(call: Call, effect: Effect): readonly string[] | 'unknown' | Promise<readonly string[] | 'unknown'> {
  const { tool, context, scope, shown, privateHosts, model } = call;
  if (tool.sendsTo === undefined) return effect === 'read' ? [] : 'unknown';
  const open = [...privateHosts, ...(context.permissions[0]?.hosts ?? [])];
  if (tool.sendsOnlyToModels === true && open.includes('models')) return [];
  try {
    const input = tool.input.safeParse(shown);
    // What does not fit its tool is refused by that, and sent nowhere.
    if (!input.success) return [];
    const sent = tool.sendsTo(input.data, {
      connection: (name) => context.rendering.connection(name, scope),
      ...(model === undefined ? {} : { model }),
    });
    return sent instanceof Promise
      ? sent.then(
          (found) => closedHosts(open, found),
          () => 'unknown' as const,
        )
      : closedHosts(open, sent);
  } catch {
    return 'unknown';
  }
}

/** Every labelled argument by its path, as deep as what is inside differs. */
export function argumentsOf(shown: Json, labelling: Labelling): Permission['arguments'] {
  const found: Permission['arguments'] = [];
  const visit = (argument: string, value: Json, of: Labelling): void => {
    if (argument === '' || of.fields !== undefined) {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        for (const [field, inner] of Object.entries(value))
          visit(argument === '' ? field : `${argument}.${field}`, inner, labellingAt(of, [field]));
        return;
      }
    }
    for (const label of ['untrusted', 'private'] as const)
      if (of[label] !== undefined && found.length < mostArguments)
        found.push({ argument, label, from: [...of[label]] });
  };
  visit('', shown, labelling);
  return found;
}
