/**
 * Putting back what rails have hidden. The journal keeps the placeholders, and so
 * do the model, the trace and every page: what they stand for comes in where an
 * expression reads the output of a step, and where an agent's call is made.
 */
import { hideAgain, restore, restoreIn } from '@telos/core';
import type { Frame, HiddenTexts, HideAgain, Json, Payload, RunState, StepPath, Vault } from '@telos/core';
import { hidingAgain } from './rendering.ts';
import type { Rendering } from './rendering.ts';
import { callMadeBy } from './calls-of-round.ts';
import type { Lookup } from './values.ts';

const none: readonly HiddenTexts[] = [];

/** What is put back where the output of this step is read; nothing for nearly every one. */
function inOutput(state: RunState, path: StepPath): readonly HiddenTexts[] {
  if (state.hidden.size === 0) return none;
  return state.hidden.get(path)?.filter((hidden) => hidden.restore.output === true) ?? none;
}

/** Whether anything is put back in what this step gave. */
export function isRestored(state: RunState, path: StepPath): boolean {
  return inOutput(state, path).length > 0;
}

/** What has to be looked up beside its output. */
export function vaultsOfOutput(state: RunState, path: StepPath): readonly Payload[] {
  return inOutput(state, path).map(({ vault }) => vault);
}

/** What a step gave, as whoever reads it sees it. */
export function outputRead(state: RunState, path: StepPath, output: Payload, lookup: Lookup): Json {
  const value = lookup(output);
  const hidden = inOutput(state, path);
  return hidden.length === 0 ? value : restore(value, vaultOf(hidden, lookup));
}

/** What stands behind the placeholders that the model of an agent knows, for one of its calls. */
export type CallSecrets = {
  /** All of it: hidden again in whatever the call gives. */
  readonly hidden: readonly HiddenTexts[];
  /** What is put back in this call. */
  readonly restored: readonly (HiddenTexts & { readonly fields: readonly string[] })[];
};

/**
 * Of a step that is a call of an agent: what is hidden from that one, and from those that it works for. What it has
 * called in turn sees its own.
 */
export function secretsOfCall(state: RunState, frame: Frame, id: string): CallSecrets | undefined {
  if (state.hidden.size === 0) return undefined;
  const name = callMadeBy(state, frame, id)?.name;
  if (name === undefined) return undefined;
  const hidden: HiddenTexts[] = [];
  for (let at = frame.block; at?.step.kind === 'agent'; at = at.frame.block)
    hidden.push(...(state.hidden.get(at.path) ?? none));
  if (hidden.length === 0) return undefined;
  const restored = hidden.flatMap((one) => {
    const { tools = {} } = one.restore;
    const fields = Object.hasOwn(tools, name) ? tools[name] : undefined;
    return fields === undefined ? [] : [{ ...one, fields }];
  });
  return { hidden, restored };
}

/** What has to be looked up for a call of an agent. */
export function vaultsOfCall(state: RunState, frame: Frame, id: string): readonly Payload[] {
  return secretsOfCall(state, frame, id)?.hidden.map(({ vault }) => vault) ?? [];
}

/** The same with the texts in hand. Plain data: it travels to other workers. */
export type CallTexts = {
  readonly hidden: Vault;
  readonly restored: readonly { readonly of: StepPath; readonly vault: Vault; readonly fields: readonly string[] }[];
};

export function textsOfCall({ hidden, restored }: CallSecrets, lookup: Lookup): CallTexts {
  return {
    hidden: vaultOf(hidden, lookup),
    restored: restored.map(({ of, vault, fields }) => ({ of, vault: textsIn(lookup(vault)), fields })),
  };
}

/** What its tool is given. */
export function inputRestored(input: Json, texts: CallTexts | undefined): Json {
  return (texts?.restored ?? []).reduce((value, { vault, fields }) => restoreIn(value, vault, fields), input);
}

/** As its tool is rendered for, what is hidden from its agent hidden in all that it gives. */
export function hidingFrom(rendering: Rendering, texts: CallTexts | undefined): Rendering {
  return texts === undefined ? rendering : hidingAgain(rendering, hiddenFromAgent(texts));
}

/** Hides what was put back in what its tool gives, and all else that its agent is not to see. */
export function hiddenFromAgent(texts: Pick<CallTexts, 'hidden'>): HideAgain {
  return hideAgain(texts.hidden);
}

function vaultOf(hidden: readonly HiddenTexts[], lookup: Lookup): Vault {
  return Object.assign({}, ...hidden.map(({ vault }) => textsIn(lookup(vault)))) as Vault; // of vaults
}

/** As `judgeRails` had it kept. */
export function textsIn(value: Json): Vault {
  return value as Vault;
}
