/** What a server offers now, held against what was accepted of it. */
import { canonicalJson, errorRecordOf } from '@telos/core';
import type { Effect, ErrorRecord, Json, Schemas, ServedTool } from '@telos/core';
import type { Offer } from './connections.ts';
import type { PinnedServer } from './pins.ts';
import { reasonAgainst, servedTool } from './served-tool.ts';
import type { Examine } from './served-tool.ts';
import type { MetAt } from './settings.ts';

export type LookedAtTool = {
  readonly name: string;
  readonly state: 'same' | 'new' | 'changed' | 'gone' | 'held_back';
  readonly effect: Effect;
  /** Why it is held back. */
  readonly reason?: string;
  /** Of one that changed: what of it, as it was accepted and as it is. */
  readonly changes?: readonly { readonly what: string; readonly old: Json; readonly new: Json }[];
};

export type Look = {
  readonly connection: string;
  readonly at: MetAt;
  /** `new`: nothing was accepted of it yet. */
  readonly state: 'same' | 'new' | 'changed' | 'unreachable';
  readonly protocol?: string;
  readonly tools: readonly LookedAtTool[];
  readonly error?: ErrorRecord;
  /** What would be accepted; absent when it cannot be reached. */
  readonly accepted?: PinnedServer;
};

type Asked = {
  readonly connection: string;
  readonly at: MetAt;
  readonly pinned: PinnedServer | undefined;
  readonly accept: ReadonlySet<string>;
};

type LookDeps = { readonly schemas: Schemas; readonly examine: Examine; readonly offer: () => Promise<Offer> };

/** Never rejects. */
export async function lookAt({ connection, at, pinned, accept }: Asked, { offer, ...judges }: LookDeps): Promise<Look> {
  const about = { connection, at };
  try {
    const { tools: listed, protocol } = await offer();
    const before = new Map(Object.entries(pinned?.tools ?? {}));
    const heldBefore = new Map(Object.entries(pinned?.held_back ?? {}));
    const tools: LookedAtTool[] = [];
    const kept: [string, ServedTool][] = [];
    const heldBack: [string, { pin: string; reason: string }][] = [];
    for (const one of listed) {
      const { name } = one;
      const now = servedTool(one);
      const old = before.get(name);
      // What was accepted stays so as long as it is the same; all else is examined.
      const held = old?.pin === now.pin || accept.has(name) ? undefined : await reasonAgainst(one, now, judges);
      if (held !== undefined) {
        heldBack.push([name, { pin: now.pin, reason: held }]);
        const isKnown = heldBefore.get(name)?.pin === now.pin;
        tools.push({
          name,
          state: 'held_back',
          effect: now.effect,
          reason: held,
          ...(isKnown ? {} : changesOf(old, now)),
        });
        continue;
      }
      kept.push([name, now]);
      const { changes = [] } = changesOf(old, now);
      const state = old === undefined ? 'new' : changes.length > 0 ? 'changed' : 'same';
      tools.push({ name, state, effect: now.effect, ...(state === 'changed' ? { changes } : {}) });
    }
    const names = new Set(listed.map(({ name }) => name));
    for (const [name, { effect }] of before) if (!names.has(name)) tools.push({ name, state: 'gone', effect });
    const isSame = tools.every(({ name, state }) => state === 'same' || (state === 'held_back' && !before.has(name)));
    return {
      ...about,
      state: pinned === undefined ? 'new' : isSame ? 'same' : 'changed',
      protocol,
      tools,
      accepted: {
        ...about,
        tools: sorted(kept),
        ...(heldBack.length === 0 ? {} : { held_back: sorted(heldBack) }),
      },
    };
  } catch (error) {
    return { ...about, state: 'unreachable', tools: [], error: errorRecordOf(error, 'MCP_UNAVAILABLE') };
  }
}

function changesOf(old: ServedTool | undefined, now: ServedTool): Pick<LookedAtTool, 'changes'> {
  if (old === undefined) return {};
  const changes = (['description', 'input', 'output', 'effect'] as const).flatMap((what) => {
    const [was, is] = [old[what] ?? null, now[what] ?? null];
    return canonicalJson(was) === canonicalJson(is) ? [] : [{ what, old: was, new: is }];
  });
  return { changes };
}

function sorted<T>(entries: readonly (readonly [string, T])[]): { [name: string]: T } {
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
