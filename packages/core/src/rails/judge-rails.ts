/**
 * Judging a value by the rails of one place.
 *
 *   [ a, b, redact ]  [ c, redact ]  [ d ]
 *
 * Rails that replace nothing are independent of each other: they run side by
 * side, with the first that replaces. Those behind it see what it left. Once
 * something blocks, nothing more is asked.
 */
import { useCheck, judgedText, recordedVerdict } from '../checks/use-check.ts';
import type { CheckDeps } from '../checks/use-check.ts';
import { atLeastZero, boundedText, countable } from '../checks/bounded.ts';
import { errorRecordOf, TelosError } from '../errors/telos-error.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Json } from '../json.ts';
import type { Subject, Vault, Verdict } from '../ports/check.ts';
import type { Payload } from '../payload.ts';
import type { Clock } from '../ports/clock.ts';
import type { ToolCallReport } from '../ports/tool.ts';
import type { StepPath } from '../program/path.ts';
import type { RailPlace, RailUse, RestoreSpec } from '../program/rails-spec.ts';
import type { RailCall, RailsResult, RailVerdict } from '../run/events.ts';
import type { HiddenTexts } from '../run/state.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { Usage } from '../usage.ts';
import { inTime, railTimeoutMs } from './in-time.ts';
import { isDrawn } from './placeholders.ts';
import type { RunVault } from './run-vault.ts';

export type Guarded = Omit<Subject, 'text'> & {
  readonly place: RailPlace;
  /** Whose place it is, for errors: "the output of draft". */
  readonly what: string;
};

export type RailsJudged = {
  readonly verdicts: readonly RailVerdict[];
  readonly outcome: RailsResult['outcome'];
  /** With what was replaced; undefined when it is blocked. */
  readonly value: Json | undefined;
  readonly replaced: boolean;
  readonly placeholders: readonly string[];
  /** What may be put back. */
  readonly hidden: readonly HiddenTexts[];
  /** RAIL_BLOCKED or RAIL_FAILED, when it is blocked. */
  readonly error?: ErrorRecord;
  /** Of the model calls that it took; undefined when there were none. */
  readonly usage: Usage | undefined;
  /** These calls, without what was asked and answered: that may yet be replaced. */
  readonly calls: readonly RailCall[];
};

/** How what may be put back is kept for that. */
export type Keeping = {
  persist(vault: Json): Payload | Promise<Payload>;
  /** The step in whose output, or in whose calls, it is put back. */
  of(rail: RailUse): StepPath;
};

export type RailsDeps = Omit<CheckDeps, 'vault' | 'drawn' | 'letters'> & {
  /** Absent where nothing can be put back. */
  readonly keeping?: Keeping | undefined;
  readonly vault: RunVault;
  /** Tells how long each rail takes. */
  readonly clock: Clock;
  /** Instead of `mayHave`, where not all rails are bound alike. */
  readonly mayHaveOf?: (rail: RailUse) => CheckDeps['mayHave'];
};

/** Calls that are recorded with an answer. Of more only the sum is known. */
const mostCalls = 100;

/** Never throws but on abort. */
export async function judgeRails(rails: readonly RailUse[], guarded: Guarded, given: RailsDeps): Promise<RailsJudged> {
  let usage: Usage | undefined;
  const calls: RailCall[] = [];
  const deps: RailsDeps = {
    ...given,
    record(call) {
      if (calls.length < mostCalls) calls.push(callOfRail(call));
      if (call.usage !== undefined) usage = addUsage(usage ?? noUsage, countable(call.usage));
      given.record(call);
    },
  };
  let { value } = guarded;
  let replaced = false;
  let asked = false;
  const verdicts: RailVerdict[] = [];
  const placeholders: string[] = [];
  const hidden: HiddenTexts[] = [];

  for (const group of groupsOf(rails)) {
    const { place: _place, what, ...rest } = guarded;
    const subject: Subject = { ...rest, value, text: judgedText(value) };
    const asking = group.map((rail) => ask(rail, subject, deps));
    const answers = await Promise.all(asking);
    const failures: Failure[] = [];
    for (const [index, rail] of group.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      const { verdict, added } = answer;
      placeholders.push(...added);
      const recorded = { ...recordedVerdict(rail, verdict), action: rail.action, mode: rail.mode };
      verdicts.push(recorded);
      if (recorded.verdict === 'pass' || rail.mode === 'shadow' || rail.action === 'flag') continue;
      if (recorded.verdict === 'error') failures.push({ rail, reason: recorded.reason, code: 'RAIL_FAILED' });
      else if (rail.action === 'ask') asked = true;
      else if (rail.action === 'block' || verdict.replacement === undefined)
        failures.push({ rail, reason: recorded.reason, code: 'RAIL_BLOCKED' });
      else {
        value = verdict.replacement;
        replaced = true;
        const kept = await keep(rail, verdict, deps.keeping);
        if (kept !== undefined) hidden.push(kept);
      }
    }
    // What was found counts before what could not be looked at.
    const worst = failures.find(({ code }) => code === 'RAIL_BLOCKED') ?? failures[0];
    if (worst !== undefined)
      return {
        verdicts,
        outcome: 'block',
        value: undefined,
        replaced,
        placeholders,
        hidden,
        error: blocked(worst, what),
        usage,
        calls,
      };
  }
  return { verdicts, outcome: asked ? 'ask' : 'pass', value, replaced, placeholders, hidden, usage, calls };
}

type Failure = {
  readonly rail: RailUse;
  readonly reason: string;
  readonly code: 'RAIL_BLOCKED' | 'RAIL_FAILED';
};

type Answer = { readonly verdict: Verdict; readonly added: readonly string[] };

/** What this rail has hidden and may put back. One that a page can hold by chance, or by guessing, is put back nowhere. */
async function keep(
  rail: RailUse,
  { vault = {} }: Verdict,
  keeping: Keeping | undefined,
): Promise<HiddenTexts | undefined> {
  const { restore } = rail;
  if (restore === undefined || keeping === undefined) return undefined;
  const texts = Object.fromEntries(Object.entries(vault).filter(([placeholder]) => isDrawn(placeholder)));
  if (Object.keys(texts).length === 0) return undefined;
  return { of: keeping.of(rail), restore: writable(restore), vault: await keeping.persist(texts) };
}

function writable({ output, tools }: RestoreSpec): HiddenTexts['restore'] {
  return {
    ...(output === undefined ? {} : { output }),
    ...(tools === undefined
      ? {}
      : { tools: Object.fromEntries(Object.entries(tools).map(([tool, fields]) => [tool, [...fields]])) }),
  };
}

async function ask(rail: RailUse, subject: Subject, { vault, clock, mayHaveOf, ...given }: RailsDeps): Promise<Answer> {
  const { timeoutMs = railTimeoutMs } = rail;
  const deps = mayHaveOf === undefined ? given : { ...given, mayHave: mayHaveOf(rail) };
  const answered = async (known?: Vault): Promise<Verdict> => {
    const verdict = await inTime(clock, timeoutMs, deps, (within) =>
      useCheck(rail, subject, {
        ...deps,
        ...within,
        ...(known === undefined ? {} : { vault: known }),
        ...(vault.isDrawn || rail.restore !== undefined ? { drawn: true as const } : {}),
        ...(vault.letters === undefined ? {} : { letters: vault.letters }),
      }),
    );
    return verdict ?? { score: 0, verdict: 'error', reason: `It did not answer within ${timeoutMs} ms.` };
  };
  if (!replaces(rail)) return { verdict: await answered(), added: [] };
  return vault.alone(async () => {
    const verdict = await answered(await vault.recalled());
    return { verdict, added: vault.keep(verdict.vault) };
  });
}

/** What was asked about may yet be replaced; the verdict says what was found. */
function callOfRail({ input: _input, output: _output, usage, error, ...call }: ToolCallReport): RailCall {
  return {
    ...call,
    startedAt: atLeastZero(call.startedAt),
    ms: atLeastZero(call.ms),
    ...(usage === undefined ? {} : { usage: countable(usage) }),
    ...(error === undefined
      ? {}
      : { error: { code: error.code, kind: error.kind, message: boundedText(error.message) } }),
    attributes: { ...call.attributes, rail: true, withheld: true },
  };
}

function replaces({ action, mode }: RailUse): boolean {
  return mode === 'enforce' && (action === 'redact' || action === 'repair');
}

/** Runs of rails that may be asked at once: each ends with one that replaces. */
function groupsOf(rails: readonly RailUse[]): readonly (readonly RailUse[])[] {
  const groups: RailUse[][] = [];
  let open: RailUse[] | undefined;
  for (const rail of rails) {
    if (open === undefined) groups.push((open = []));
    open.push(rail);
    if (replaces(rail)) open = undefined;
  }
  return groups;
}

function blocked({ rail, reason, code }: Failure, what: string): ErrorRecord {
  const said =
    code === 'RAIL_FAILED'
      ? `The rail ${rail.name} could not judge ${what}, so it is held back. ${reason}`
      : `The rail ${rail.name} does not let ${what} pass. ${reason}`;
  return errorRecordOf(new TelosError(code, boundedText(said), { details: { rail: rail.name, uses: rail.uses } }));
}

/** What the journal has of it, less the value. */
export function railsResult(place: RailPlace, judged: RailsJudged): RailsResult {
  const { verdicts, outcome, replaced, placeholders, hidden, error } = judged;
  return {
    place,
    verdicts: [...verdicts],
    outcome,
    ...(error === undefined ? {} : { error }),
    ...(replaced ? { replaced: true as const } : {}),
    ...(placeholders.length === 0 ? {} : { placeholders: [...placeholders] }),
    ...(hidden.length === 0 ? {} : { hidden: [...hidden] }),
  };
}
