/**
 * Judges that are certain to be shown private data where not every model may
 * have any. Whether theirs may is told by its host, and hosts are known to those
 * who ask models: the compiler notes the judges, and `closedJudges` asks.
 */
import { asksModel } from '@telos/core';
import type { AnyCheck, CheckUse, RailPlace, RailsSpec, Step } from '@telos/core';
import type { Catalog, Compiled } from '../compiled.ts';
import type { Fault } from '../fault.ts';
import { configuredModels, judgesMayHave } from '../permissions/hosts.ts';
import type { Place } from '../text/place.ts';

/** A judge with what it is shown, before its place has become a line and a column. */
export type PrivateJudging = {
  readonly use: CheckUse;
  readonly place: Place;
  /** Where what is private comes from. */
  readonly from: readonly string[];
};

/** A check where it stands. `sees`: what it is given before a call, or what comes of it as well. */
export type CheckAt = { readonly use: CheckUse; readonly place: Place; readonly sees: 'given' | 'made' };

/** All checks that a step names itself. */
export function checksOfStep({ gate, rails }: Pick<Step, 'gate' | 'rails'>, place: Place): readonly CheckAt[] {
  const gated = (gate?.checks ?? []).map((use, index): CheckAt => {
    return { use, place: [...place, 'gate', 'checks', index], sees: 'made' };
  });
  const judge: readonly CheckAt[] =
    gate?.judge === undefined ? [] : [{ use: gate.judge, place: [...place, 'gate', 'judge'], sees: 'made' }];
  return [...checksOfRails(rails, [...place, 'rails']), ...gated, ...judge];
}

export function checksOfRails(rails: RailsSpec | undefined, place: Place): readonly CheckAt[] {
  return Object.entries(rails ?? {}).flatMap(([at, uses]) =>
    uses.map((use, index): CheckAt => ({ use, place: [...place, at, index], sees: seenAt[at as RailPlace] })),
  );
}

const seenAt: { readonly [at in RailPlace]: CheckAt['sees'] } = {
  input: 'given',
  tool_arguments: 'given',
  memory_write: 'given',
  tool_result: 'made',
  output: 'made',
};

/**
 * One warning for each of the judges whose model is on a host that may have no private data.
 *
 * @returns Nothing where hosts cannot be told: the check that counts is made when the value is there.
 */
export async function closedJudges(
  { program, judging }: Pick<Compiled, 'program' | 'judging'>,
  { checks, privateHosts = configuredModels }: Pick<Catalog, 'checks' | 'privateHosts'>,
): Promise<readonly Fault[]> {
  const mayHave = judgesMayHave([[...privateHosts, ...(program.permissions.hosts ?? [])]]);
  if (mayHave === undefined) return [];
  const warnings = await Promise.all(
    judging.map(async ({ use, from, at }): Promise<readonly Fault[]> => {
      const check = checks.get(use.uses);
      const sent = check === undefined ? [] : await destinationsOf(check, use);
      const closed = sent === 'anywhere' ? sent : sent.filter((one) => !mayHave(one)).map(({ host }) => host);
      return closed.length === 0 ? [] : [{ ...at, code: 'PRIVATE_TO_JUDGE', ...said(use, from, closed) }];
    }),
  );
  return warnings.flat();
}

async function destinationsOf(check: AnyCheck, use: CheckUse) {
  if (check.sendsTo === undefined) return asksModel(check, use.with) ? 'anywhere' : [];
  try {
    return await check.sendsTo(check.params.safeParse(use.with).data ?? use.with);
  } catch {
    return [];
  }
}

function said({ name }: CheckUse, from: readonly string[], closed: readonly string[] | 'anywhere') {
  const origins = from.map((origin) => `\`${origin}\``).join(', ');
  const hosts = closed === 'anywhere' ? [] : [...new Set(closed)];
  const where = closed === 'anywhere' ? 'may send it anywhere' : `asks a model at ${hosts.join(', ')}`;
  const open = hosts.length === 0 ? '' : `write \`permissions: { hosts: [${hosts.join(', ')}] }\`, or `;
  return {
    message: `\`${name}\` is to judge private data from ${origins}, and ${where}, which may have none: it will not be asked, and that is never a pass`,
    hint: `${open}let it ask a model whose host is in TELOS_PRIVATE_HOSTS or on this machine`,
  };
}
