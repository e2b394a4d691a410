/**
 * What is known of an experiment under way: one file, a line for each trial,
 * written when it is known. An experiment that was stopped goes on from it:
 * what was judged is not judged again, and a run that was started is found
 * again by its key.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addUsage, noUsage } from '@telos/core';
import type { Usage } from '@telos/core';
import type { Experiment } from '@telos/language';
import { z } from 'zod';
import { ensureFolder } from '../compose/open-store.ts';
import { EvalTrial, UsageAmounts } from './eval-trial.ts';

/** What a report needs besides the trials. */
const Compared = z.object({
  variants: z.array(z.object({ name: z.string() })),
  baseline: z.string(),
  floor: z.object({ score: z.number().exactOptional(), pass_rate: z.number().exactOptional() }),
});
const Begin = z.object({
  type: z.literal('experiment'),
  id: z.string(),
  identity: z.string(),
  at: z.string(),
  /** Runs in all. Versions before wrote neither. */
  runs: z.int().exactOptional(),
  compared: Compared.exactOptional(),
});
const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('trial'), key: z.string(), trial: EvalTrial }),
  /** Its run was stopped by the experiment's budget: it is no trial, and is made anew. */
  z.object({ type: z.literal('stopped'), key: z.string(), usage: UsageAmounts }),
  z.object({ type: z.literal('end') }),
]);
type Line = z.infer<typeof Line>;

export interface KeptTrials {
  readonly id: string;
  /** Whether there is something of it from before. */
  readonly isResumed: boolean;
  /** By the key of the cell. */
  readonly trials: ReadonlyMap<string, EvalTrial>;
  /** Of all trials, and of runs that were stopped. */
  spent(): Usage;
  /** How often the run of a cell was stopped by the budget. */
  stops(key: string): number;
  add(key: string, trial: EvalTrial): void;
  stop(key: string, usage: Usage): void;
  /** Nothing is left to do: the next time it is a new one. */
  end(): void;
}

/**
 * The newest one of these that has not ended, or a new one.
 * @param fresh Always a new one.
 * @throws TelosError STORE_UNAVAILABLE
 */
export function openTrials(
  home: string,
  experiment: Pick<Experiment, 'name' | 'identity' | 'variants' | 'rows' | 'repetitions' | 'baseline' | 'floor'>,
  { at, fresh }: { readonly at: string; readonly fresh: boolean },
): KeptTrials {
  const { name, identity, variants, rows, repetitions, baseline, floor } = experiment;
  const folder = join(home, 'experiments', name);
  ensureFolder(folder);
  const unfinished = fresh ? undefined : newestUnfinished(folder, identity);
  const id = unfinished?.id ?? randomUUID().slice(0, 8);
  const file = join(folder, `${id}.jsonl`);
  const trials = new Map<string, EvalTrial>();
  const stopped = new Map<string, number>();
  let inVain = noUsage;
  const write = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  const countStop = (key: string, usage: Usage): void => {
    stopped.set(key, (stopped.get(key) ?? 0) + 1);
    inVain = addUsage(inVain, usage);
  };
  for (const line of unfinished?.lines ?? []) {
    if (line.type === 'trial') trials.set(line.key, line.trial);
    if (line.type === 'stopped') countStop(line.key, line.usage);
  }
  // A process that was killed while it wrote has left half a line: what follows begins on its own.
  const compared = { variants: variants.map((variant) => ({ name: variant.name })), baseline, floor };
  const runs = rows.length * variants.length * repetitions;
  if (unfinished === undefined) write({ type: 'experiment', id, identity, at, runs, compared });
  else appendFileSync(file, '\n');
  return {
    id,
    isResumed: unfinished !== undefined,
    trials,
    spent: () =>
      [...trials.values()].reduce((sum, { usage, judging }) => addUsage(sum, addUsage(usage, judging)), inVain),
    stops: (key) => stopped.get(key) ?? 0,
    add(key, trial) {
      trials.set(key, trial);
      write({ type: 'trial', key, trial });
    },
    stop(key, usage) {
      countStop(key, usage);
      write({ type: 'stopped', key, usage });
    },
    end: () => write({ type: 'end' }),
  };
}

/** An experiment as it is kept, whoever carried it out. */
export type KeptExperiment = {
  readonly id: string;
  readonly name: string;
  readonly identity: string;
  readonly at: string;
  readonly runs?: number;
  readonly compared?: z.infer<typeof Compared>;
  readonly trials: readonly EvalTrial[];
  readonly spent: Usage;
  readonly hasEnded: boolean;
};

/** Those that are kept, newest first. @param name Of this name alone. */
export function listKept(home: string, name?: string): readonly KeptExperiment[] {
  const folder = join(home, 'experiments');
  const names = name === undefined ? entriesOf(folder) : [name];
  return names
    .flatMap((each) => readKept(join(folder, each)).map((read) => keptOf(each, read)))
    .toSorted((left, right) => right.at.localeCompare(left.at));
}

export function findKept(home: string, id: string): KeptExperiment | undefined {
  return listKept(home).find((kept) => kept.id === id);
}

function keptOf(name: string, { lines, type: _, ...begin }: Read): KeptExperiment {
  // What was judged twice, by two that went on at once, counts once.
  const trials = new Map(lines.flatMap((line) => (line.type === 'trial' ? [[line.key, line.trial] as const] : [])));
  const spent = lines.reduce((sum, line) => {
    if (line.type === 'trial') return addUsage(sum, addUsage(line.trial.usage, line.trial.judging));
    return line.type === 'stopped' ? addUsage(sum, line.usage) : sum;
  }, noUsage);
  const hasEnded = lines.some(({ type }) => type === 'end');
  return { ...begin, name, trials: [...trials.values()], spent, hasEnded };
}

type Read = z.infer<typeof Begin> & { readonly lines: readonly Line[] };

function newestUnfinished(folder: string, identity: string): Read | undefined {
  return readKept(folder)
    .filter((read) => read.identity === identity && !read.lines.some(({ type }) => type === 'end'))
    .toSorted((left, right) => right.at.localeCompare(left.at))[0];
}

function readKept(folder: string): readonly Read[] {
  return entriesOf(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => {
      const [first, ...rest] = readFileSync(join(folder, file), 'utf8').split('\n').map(parsed);
      const begin = Begin.safeParse(first);
      if (!begin.success) return [];
      return [{ ...begin.data, lines: rest.flatMap((each) => Line.safeParse(each).data ?? []) }];
    });
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Undefined for a line that is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
