import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { approvalFilter, decide, decideAll, findWait, readPerson } from '@telos/api/runs';
import type { Person } from '@telos/api/runs';
import { approvalPayload, approvalView, generousLimits, loadPayloads } from '@telos/api/trace';
import { Decision } from '@telos/contract';
import type { ApprovalView } from '@telos/contract';
import { isJsonObject, TelosError } from '@telos/core';
import type { Json, JsonObject, ListedWait, Planner } from '@telos/core';
import { nearest } from '@telos/language/text';
import { defineCommand, jsonOption } from '../command/command.ts';
import { byWhom } from '../compose/by-whom.ts';
import { adviseWhenUnattended, withStore } from '../compose/with-store.ts';
import type { Desk } from '../compose/with-store.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { assigned, readAssignments, readJson, requireField } from '../inputs/assignments.ts';
import { durationText } from '../output/amounts.ts';
import { permissionLines } from '../output/permission-lines.ts';
import { shownPlanLines } from '../output/plan-lines.ts';
import type { Terminal } from '../terminal.ts';

const decisions = Decision.options;

type Options = {
  readonly set: readonly string[];
  readonly value: string | undefined;
  readonly plan: string | undefined;
  readonly note: string | undefined;
  readonly as: string | undefined;
  readonly all: boolean;
  readonly run: string | undefined;
  readonly workflow: string | undefined;
  readonly code: string | undefined;
};

export const approvals = defineCommand({
  name: 'approvals',
  summary: 'Lists what waits for a decision, or decides. The first decision about a wait is the one that counts.',
  words: [
    { name: 'decision', about: `what you decide: ${decisions.join(', ')}; absent: the list`, needed: 'optional' },
    { name: 'id', about: 'which one, by its id in the list', needed: 'optional' },
  ],
  options: {
    set: { type: 'list', value: 'path=value', about: 'a field of the form, or of the value that is shown' },
    value: { type: 'value', value: 'json', about: 'the value as a whole; with succeed, what the step gives' },
    plan: { type: 'value', value: 'file.yaml', about: 'with approve of a plan: the plan that is to run in its place' },
    note: { type: 'value', value: 'text', about: 'why; kept with the run' },
    as: {
      type: 'value',
      value: 'name,role',
      about: 'who decides, where only some are asked: a name or a role first; your account when absent',
    },
    all: { type: 'flag', about: 'retry, succeed or fail everything in doubt or in quarantine that the filters find' },
    run: { type: 'value', value: 'run', about: 'only of this run' },
    workflow: { type: 'value', value: 'id', about: 'only of runs of this workflow' },
    code: { type: 'value', value: 'CODE', about: 'only what stands aside because of this error' },
    json: jsonOption,
  },
  examples: [
    'telos approvals',
    'telos approvals approve 01j8...~7 --set title="A better title" --note "shorter"',
    'telos approvals reject 01j8...~7 --as editors',
    'telos approvals approve 01j8...~7 --plan edited.yaml',
    'telos approvals retry --all --workflow publish --code TOOL_FAILED',
  ],
  run({ words: [word, id], options }, terminal) {
    const decision = word === undefined ? undefined : decisionOf(word);
    return withStore(terminal, options.json, async (desk) => {
      if (decision === undefined) return list(desk, options, terminal.now());
      if (options.all) return decideMany(desk, decision, id, options);
      return decideOne(desk, decision, id, { ...options, terminal });
    });
  },
});

async function list(desk: Desk, options: Options, now: number): Promise<ExitCode> {
  const { store, writer } = desk;
  const filter = approvalFilter(undefined, await filtersOf(desk, options));
  const { items, next } = await store.waits.list(filter, 200);
  const show = await loadPayloads(store.blobs, items.map(approvalPayload), generousLimits);
  for (const wait of items) {
    const view = approvalView(wait, show);
    writer.object(view);
    writer.lines(...approvalLines(view, now - wait.since), '');
  }
  if (items.length === 0) writer.lines('Nothing waits for a decision.');
  if (next !== undefined)
    writer.lines(`There are ${await store.waits.count(filter)} in all; --workflow and --run narrow the list.`);
  return exitCodes.succeeded;
}

function approvalLines(view: ApprovalView, ms: number): readonly string[] {
  const who = view.who === undefined || view.who.length === 0 ? '' : `, ${view.who.join(' or ')}`;
  const what = {
    approval: {
      step: 'to be approved',
      gate: 'did not pass its gate',
      permission: 'asks to run',
      plan: `plan ${view.plan?.round ?? 1} to be approved`,
      rail: `${view.rails?.place ?? 'value'} to be let pass its rails`,
    }[view.purpose ?? 'step'],
    in_doubt: 'in doubt',
    quarantined: 'in quarantine',
  }[view.kind];
  const shown =
    view.show === undefined ? '' : 'value' in view.show ? textOf(view.show.value) : (view.show.preview ?? '');
  return [
    `${view.id}  ${view.workflow}  ${view.path}  ${what}${who}  for ${durationText(Math.max(0, ms))}`,
    ...(view.purpose === 'plan' && view.show !== undefined && 'value' in view.show
      ? shownPlanLines(view.show.value).map((line) => `  ${line}`)
      : shown === ''
        ? []
        : [`  ${shown}`]),
    ...permissionLines(view.permission).map((line) => `  ${line}`),
    ...(view.rails?.verdicts ?? [])
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ check, reason }) => `  ${check}: ${reason}`),
    ...(view.error === undefined ? [] : [`  ${view.error.code}: ${view.error.message}`]),
    ...(view.form === undefined ? [] : [`  form: ${JSON.stringify(view.form['properties'] ?? view.form)}`]),
    `  ${view.decisions.join(', ')}`,
  ];
}

function textOf(value: Json): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\s+/g, ' ');
  return text.length <= 400 ? text : `${text.slice(0, 399)}…`;
}

async function decideOne(
  desk: Desk,
  decision: Decision,
  id: string | undefined,
  { terminal, ...options }: Options & { readonly terminal: Terminal },
): Promise<ExitCode> {
  if (id === undefined)
    throw new TelosError('USAGE', `Which one is to be decided? \`telos approvals ${decision} <id>\``, {
      next: '`telos approvals` lists them with their ids.',
    });
  const wait = await findWait(desk, id);
  const edited = options.plan === undefined ? undefined : readText(options.plan, terminal.folder);
  const value = edited ?? (await valueOf(desk, wait, options));
  const planner = await plannerFor(wait, value, terminal);
  await decide({ ...desk, ...(planner === undefined ? {} : { planner }) }, id, {
    id: randomUUID(),
    decision,
    ...(value === undefined ? {} : { value }),
    ...noteOf(options),
    ...deciderOf(options),
  });
  desk.writer.object({ type: 'decided', id, run: wait.run, path: wait.path, decision });
  desk.writer.lines(`${wait.path} of ${wait.run}: ${decision}.`);
  await adviseWhenUnattended(desk, wait.run);
  return exitCodes.succeeded;
}

/** Reads a plan that was edited, as whoever carries the decision out would. Loaded for that alone. */
async function plannerFor(
  { wait }: ListedWait,
  value: Json | undefined,
  terminal: Terminal,
): Promise<Pick<Planner, 'read'> | undefined> {
  if (value === undefined || wait?.kind !== 'approval' || wait.plan === undefined) return undefined;
  const [{ composeCatalogue }, { createPlanner }] = await Promise.all([
    import('../compose/catalogue.ts'),
    import('@telos/planner'),
  ]);
  const config = await loadConfig(terminal.environment, terminal.folder);
  return createPlanner(composeCatalogue(config, terminal.folder));
}

function readText(file: string, folder: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new TelosError('FILE_UNREADABLE', `${file} cannot be read.`, { cause: error });
  }
}

/** A form is filled in from nothing; without one, what is shown is edited: of either, only what it has. */
async function valueOf(desk: Desk, wait: ListedWait, options: Options): Promise<Json | undefined> {
  const whole = options.value === undefined ? undefined : readJson('--value', options.value);
  if (options.set.length === 0) return whole;
  const form = wait.wait?.kind === 'approval' ? wait.wait.form : undefined;
  const given = Object.entries(readAssignments(options.set));
  const edited = whole ?? (form === undefined ? await shownBy(desk, wait) : undefined);
  const has = form === undefined ? edited : fieldsOf(form);
  for (const [path] of given) requireField(path, has);
  return given.reduce<Json>((before, [path, value]) => assigned(before, path, value), edited ?? {});
}

/** What is asked about; undefined where nothing is shown. */
async function shownBy(desk: Desk, wait: ListedWait): Promise<Json | undefined> {
  const payload = approvalPayload(wait);
  if (payload === undefined) return undefined;
  const shown = (await loadPayloads(desk.store.blobs, [payload], generousLimits))(payload);
  if (shown !== undefined && 'value' in shown) return shown.value;
  throw new TelosError('USAGE', `What ${wait.path} shows is too large to be edited field by field.`, {
    next: "Give the value as a whole: --value '<json>'.",
  });
}

/** The fields of a form as far as it says which it has; a form that takes any has all. */
function fieldsOf(form: JsonObject): JsonObject | undefined {
  return isJsonObject(form['properties']) ? form['properties'] : undefined;
}

async function decideMany(desk: Desk, decision: Decision, id: string | undefined, options: Options): Promise<ExitCode> {
  if (id !== undefined || decision === 'approve' || decision === 'reject')
    throw new TelosError('USAGE', '--all goes with retry, succeed or fail, and with no id.', {
      next: 'What people approve is approved one by one.',
    });
  const filter = approvalFilter(['in_doubt', 'quarantined'], await filtersOf(desk, options));
  const value = options.value === undefined ? {} : { value: readJson('--value', options.value) };
  const { writer } = desk;
  const { decided, refused, more } = await decideAll(
    desk,
    filter,
    { decision, ...value, ...noteOf(options), ...deciderOf(options) },
    randomUUID,
  );
  writer.object({ type: 'decided', decision, decided, refused, more });
  writer.lines(
    `${decision}: ${decided} decided${refused.length === 0 ? '' : `, ${refused.length} not`}.`,
    ...refused.map((one) => `  ${one.id}  ${one.code}: ${one.message}`),
    ...(more ? ['There are more: give the command again.'] : []),
  );
  return refused.length === 0 ? exitCodes.succeeded : exitCodes.failed;
}

async function filtersOf({ store }: Desk, { run, workflow, code }: Options) {
  return {
    ...(run === undefined ? {} : { run: await findRun(store, run) }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(code === undefined ? {} : { code }),
  };
}

function noteOf({ note }: Options): { readonly note?: string } {
  return note === undefined ? {} : { note };
}

/** The account that gives the command, unless `--as` says who decides: both are kept then. */
function deciderOf({ as }: Options): { readonly from: Person; readonly by?: string } {
  const account = byWhom();
  if (as === undefined) return { from: { ...(account.by === undefined ? {} : { name: account.by }), roles: [] } };
  const from = readPerson(as, '--as');
  return {
    from,
    by: account.by === undefined || account.by === from.name ? `${from.name}` : `${from.name} (${account.by})`,
  };
}

function decisionOf(word: string): Decision {
  const known = decisions.find((one) => one === word);
  if (known !== undefined) return known;
  const near = nearest(word, decisions);
  throw new TelosError('USAGE', `There is no decision ${word}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: `Decide one of ${decisions.join(', ')}; \`telos approvals\` alone lists what waits.`,
  });
}
