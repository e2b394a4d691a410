/**
 * Which workflow a path under /hooks belongs to. The answer is remembered as a
 * hint; each request asks the store for the version that is current then.
 */
import type { Clock, Hash, Instant, Store, WebhookSpec } from '@telos/core';
import { loadProgram } from '@telos/language';
import { currentProgram } from '../../current-program.ts';
import type { ProgramInHand } from '../../program-in-hand.ts';

/** How long a path that was not found stays unknown, at most: published paths are read this often. */
const readAgainMs = 250;

export type Hook = ProgramInHand & { readonly webhook: WebhookSpec };

export function hookFinder(deps: {
  readonly store: Pick<Store, 'programs'>;
  readonly clock: Pick<Clock, 'now'>;
}): (path: string) => Promise<Hook | undefined> {
  const { programs } = deps.store;
  let readAt: Instant | undefined;
  let workflows = new Map<string, string>();
  /** A stored program never changes, so what was read of one holds. */
  let paths = new Map<Hash, string | undefined>();

  async function read(): Promise<void> {
    const now = deps.clock.now();
    if (readAt !== undefined && now >= readAt && now - readAt < readAgainMs) return;
    readAt = now;
    const found = new Map<string, string>();
    const seen = new Map<Hash, string | undefined>();
    for (const { id, hash, program } of await programs.published()) {
      const path = paths.has(hash) ? paths.get(hash) : loadProgram(program, hash).triggers?.webhook?.path;
      seen.set(hash, path);
      // Publishing refuses a path that is taken; of two published at the same moment the first by id has it.
      if (path !== undefined && !found.has(path)) found.set(path, id);
    }
    workflows = found;
    paths = seen;
  }

  async function currentOf(path: string): Promise<Hook | undefined> {
    const workflow = workflows.get(path);
    if (workflow === undefined) return undefined;
    const current = await currentProgram(deps.store, workflow);
    const webhook = current?.program.triggers?.webhook;
    return current !== undefined && webhook?.path === path ? { ...current, webhook } : undefined;
  }

  return async (path) => {
    const known = await currentOf(path);
    if (known !== undefined) return known;
    await read();
    return currentOf(path);
  };
}
