/**
 * The keys of a server: those of its settings, which stay until it ends, and those that the store keeps, which come and
 * go while it runs. What the store keeps is looked at every other second, so a key that is revoked opens nothing
 * anywhere two seconds later; one that is not known is looked for, four times a second at most.
 *
 * While the store is away, keys are those that were known: whoever has one can then do nothing that needs the store.
 */
import type { Clock, Keys, KeptKey } from '@telos/core';
import type { Person } from '../steer/person.ts';
import { holderOf } from './api-keys.ts';
import type { ApiKeys } from './api-keys.ts';

export type Holder = {
  readonly person: Person;
  /** Aborts when the key is revoked or has expired; absent for one of the settings. */
  readonly lost?: AbortSignal;
};

export interface Keyring {
  /** Whom this key was given to; undefined when it is good for nothing. */
  holder(presented: string): Promise<Holder | undefined>;
}

const lookMs = 2_000;
const apartMs = 250;

type Kept = Person & { readonly key: KeptKey; readonly digest: Uint8Array; readonly ending: AbortController };

/** Looks until `closing` aborts. */
export function createKeyring(deps: {
  readonly fixed: ApiKeys;
  readonly kept: Pick<Keys, 'list'>;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly report?: (error: unknown, about: string) => void;
}): Keyring {
  const { fixed, kept, clock, closing } = deps;
  let known: ReadonlyMap<string, Kept> = new Map();
  let lookedAt: number | undefined;
  let looking: Promise<void> | undefined;

  const isGood = ({ revokedAt, expiresAt }: KeptKey): boolean =>
    revokedAt === undefined && (expiresAt === undefined || expiresAt > clock.now());

  const look = (): Promise<void> => {
    looking ??= (async () => {
      const keys = (await kept.list()).filter(isGood);
      const next = new Map(keys.map((key) => [key.id, known.get(key.id) ?? keptOf(key)]));
      for (const [id, { ending }] of known) if (!next.has(id)) ending.abort();
      known = next;
      lookedAt = clock.now();
    })().finally(() => {
      looking = undefined;
    });
    return looking;
  };

  const lookNowAndThen = async (): Promise<void> => {
    while (!closing.aborted) {
      await clock.sleep(lookMs, closing);
      if (!closing.aborted) await look().catch((error: unknown) => deps.report?.(error, 'API keys'));
    }
  };
  void lookNowAndThen();

  const find = (presented: string): Holder | undefined => {
    const set = holderOf(fixed, presented);
    if (set !== undefined) return { person: set };
    const found = holderOf({ holders: [...known.values()] }, presented);
    if (found === undefined || !isGood(found.key)) return undefined;
    const { name, roles, namespace } = found;
    return {
      person: { roles, ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) },
      lost: found.ending.signal,
    };
  };

  return {
    async holder(presented) {
      const found = find(presented);
      const isRecent = lookedAt !== undefined && Math.abs(clock.now() - lookedAt) < apartMs;
      if (found !== undefined || isRecent) return found;
      await look();
      return find(presented);
    },
  };
}

function keptOf(key: KeptKey): Kept {
  const { name, roles, namespace } = key;
  return {
    name,
    roles,
    ...(namespace === undefined ? {} : { namespace }),
    key,
    digest: new Uint8Array(Buffer.from(key.digest, 'hex')),
    ending: new AbortController(),
  };
}
