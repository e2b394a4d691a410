/**
 * Outputs that stand for calls. What a step with `cache` gives is kept under a
 * key that says all that decides it: the tool, what it is given, and whose it
 * is. A later step with an equal key is given that, and what looks at an output
 * (rails, the gate) looks at it as if the call had been made.
 */
import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject, labelsIn, unlabelled, wholeOf, withMarks, withOrigins } from '@telos/core';
import type { CachedFrom, CachedOutput, Hash, Json, Labelling, Payload } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import type { Context } from '../scope/contexts.ts';
import { labellingOfTemplate } from '../labels/labelling.ts';
import { replacesBehind } from '../rails/rails-of.ts';
import { didOfPrepared, prepare, shownInput } from './preparing.ts';
import type { ActionAt, Prepared } from './preparing.ts';

/** What an equal call has given. */
export type CacheHit = {
  readonly output: Json;
  /** Of the output, as if it had come in by the step itself. */
  readonly labelling: Labelling;
  readonly from: CachedFrom;
};

/** The key of a call, and what was found under it. */
export type CacheLook = { readonly key: Hash; readonly hit?: CacheHit };

/** Raised when keys are made another way: what is under older ones is found no more. */
const keyVersion = 1;

/**
 * Calls `then` with the key of the call that an attempt would make, and what was found under it; with nothing when the
 * step is not cached, or rails may change what it gives. Held under the step's path meanwhile.
 */
export function lookInCache(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  then: (look: CacheLook | undefined) => void,
): void {
  if (at.step.cache === undefined || replacesBehind(desk, at)) {
    then(undefined);
    return;
  }
  prepare(desk, at, attempt, {
    path: at.path,
    // The attempt itself meets the same, and says so.
    onUnprepared: () => then(undefined),
    onReady(prepared) {
      let key: Hash | undefined;
      try {
        key = keyOf(desk, prepared);
      } catch {
        key = undefined;
      }
      if (key === undefined) then(undefined);
      else if (isToBeMade(desk, at, prepared)) then({ key });
      else desk.whenCome(find(desk, prepared, key), then, { path: at.path });
    },
  });
}

/** Keeps what a call has given, whether or not the journal will have it; what goes wrong with that costs a later run the call, and nothing else. */
export function keepInCache(desk: Desk, at: ActionAt, key: Hash, output: Payload, labelling: Labelling): void {
  const { deps, state } = desk;
  const { path, step, frame } = at;
  if (step.cache === undefined) return;
  const now = desk.now();
  const cached: CachedOutput = {
    key,
    run: state.id,
    path,
    output,
    labelling,
    permissions: permissionsOf(desk.contexts.of(frame)),
    at: now,
    until: now + step.cache.ttlMs,
  };
  deps.store.cache.put(cached, now).catch((error: unknown) => {
    deps.report({ message: `What ${path} of run ${state.id} gave could not be cached.`, run: state.id, error });
  });
}

/** Somebody wants this very call: it is done again in a fork, or what it gave before was not good enough. */
function isToBeMade({ state }: Desk, { path }: ActionAt, { feedback }: Prepared): boolean {
  return feedback !== undefined || state.fork?.from.includes(path) === true;
}

async function find(desk: Desk, prepared: Prepared, key: Hash): Promise<CacheLook> {
  const { path, step, context } = prepared;
  const { deps } = desk;
  try {
    const now = desk.now();
    const cached = await deps.store.cache.get(key, now);
    if (cached === undefined || cached.at + (step.cache?.ttlMs ?? 0) <= now) return { key };
    const isPrivate = cached.labelling.private !== undefined;
    if (isPrivate && cached.permissions !== permissionsOf(context)) return { key };
    const output = await valueOf(desk, cached.output);
    // Its tool may be of a later release than the one that gave it.
    if (output === undefined || context.tool(step.uses)?.output.safeParse(output).success !== true) return { key };
    const { run, at } = cached;
    const kept = isPlain(cached.labelling) ? unlabelled : withOrigins(cached.labelling, () => path);
    // Whoever wrote the key has chosen what is given.
    const { key: asked = null } = step.cache ?? {};
    const labelling = withMarks(kept, wholeOf(labellingOfTemplate(desk.state, context, prepared.at.frame, asked)));
    return { key, hit: { output, labelling, from: { run, path: cached.path, at } } };
  } catch (error) {
    const message = `It could not be told whether what ${path} of run ${desk.state.id} gives is cached.`;
    deps.report({ message, run: desk.state.id, error });
    return { key };
  }
}

/** As it is stored, it is not the one object that says so. */
function isPlain(labelling: Labelling): boolean {
  return labelsIn(labelling).length === 0;
}

/** Undefined when it is lost: its run may have been removed meanwhile. */
async function valueOf({ deps }: Desk, output: Payload): Promise<Json | undefined> {
  if ('value' in output) return output.value;
  const blob = await deps.store.blobs.get(output.blob);
  // Stored by `Values`, as JSON, under the hash of its bytes.
  return blob === undefined ? undefined : (JSON.parse(new TextDecoder().decode(blob.bytes)) as Json);
}

/** Undefined of a call that does more than read. Of secrets the key has the names, never the values. */
function keyOf(desk: Desk, prepared: Prepared): Hash | undefined {
  const { step, context, scope } = prepared;
  const { cache, uses } = step;
  if (cache === undefined || didOfPrepared(prepared).effect !== 'read') return undefined;
  const { program } = context.linked;
  const shown = shownInput(prepared);
  const named = isJsonObject(shown) ? shown['connection'] : undefined;
  const connection =
    typeof named === 'string' && Object.hasOwn(program.tools, named) ? named : connectionOfServed(uses, context);
  return digest({
    version: keyVersion,
    namespace: desk.state.namespace ?? null,
    workflow: cache.scope === 'workflow' ? program.id : null,
    uses,
    // As they are written: which secrets they read is part of that.
    settings: connection === undefined ? null : (program.tools[connection] ?? null),
    template: cache.key !== undefined || program.requires.secrets.length > 0 ? step.with : null,
    given: cache.key === undefined ? { with: shown } : { key: context.linked.render(cache.key, scope) },
  });
}

/** A tool that is a server's own goes by the name of its connection, whose settings hold what it was when it was accepted. */
function connectionOfServed(uses: string, { linked }: Context): string | undefined {
  const [connection = ''] = uses.split('.', 1);
  return Object.hasOwn(linked.program.tools, connection) ? connection : undefined;
}

function permissionsOf({ permissions }: Context): Hash {
  return digest(permissions);
}

function digest(value: unknown): Hash {
  // Of parts of programs and rendered values, all of them JSON.
  return createHash('sha256')
    .update(canonicalJson(value as Json), 'utf8')
    .digest('hex');
}
