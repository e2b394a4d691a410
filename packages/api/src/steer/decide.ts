/** Whoever asks first is the one who decides; the others are told that it was decided already. */
import { isDeepStrictEqual } from 'node:util';
import { planTextOf, runInput, TelosError } from '@telos/core';
import type { Json, ListedWait, Message, Payload, Plan, Planner, Store } from '@telos/core';
import type { Decision } from '@telos/contract';
import { readPayload } from '../read-payload.ts';
import { storePayload } from '../store-payload.ts';
import { approvalId, decisionsOf, findWait, nothingWaits } from './approvals.ts';
import { checkValue } from './check-value.ts';
import { isAmong } from './person.ts';
import type { Person } from './person.ts';
import { postMessage } from './post-message.ts';
import type { PostDeps } from './post-message.ts';

export type DecideDeps = PostDeps & {
  readonly store: Pick<Store, 'inbox' | 'runs' | 'waits' | 'blobs' | 'journal'>;
  /** Reads plans that people have edited. Absent: whoever carries the decision out does. */
  readonly planner?: Pick<Planner, 'read'>;
};

export type DecisionSent = {
  /** Of the message; the same id twice is one. */
  readonly id: string;
  readonly decision: Decision;
  readonly value?: Json;
  readonly note?: string;
  /** Who decides: has to be among those who are asked. */
  readonly from: Person;
  /** As whom it is kept; absent: by name. */
  readonly by?: string;
};

/**
 * Decides about the wait of this approval id. Durable when it resolves.
 *
 * @throws TelosError WAIT_NOT_FOUND when there is none, or somebody has decided already; NOT_ASKED when others are asked; VALUE_INVALID when the value
 *   does not fit the form; PLAN_INVALID with every fault of an edited plan; REQUEST_MALFORMED when the decision does not fit what waits; RUN_FINISHED.
 */
export async function decide(deps: DecideDeps, approval: string, sent: DecisionSent): Promise<ListedWait> {
  const wait = await findWait(deps, approval);
  await decideWait(deps, wait, sent);
  return wait;
}

/**
 * The id of a decision that a caller has named by a key. The inbox of a run takes what has the id of another message for
 * that message, so a key counts for one wait: used for two, or for a signal too, it would silence the second.
 */
export function decisionId(approval: string, key: string): string {
  return `decision ${approval} ${key}`;
}

/** As `decide`, of a wait that was found. */
export async function decideWait(deps: DecideDeps, wait: ListedWait, sent: DecisionSent): Promise<void> {
  const { store } = deps;
  const { run, id } = wait;
  await check(deps, wait, sent);
  const value = sent.value === undefined ? undefined : await storePayload(store.blobs, sent.value);
  const message = messageOf(wait, sent, value);
  const before = await earlier(store, wait);
  // The same once more, because its answer was lost, is no other decision.
  if (before !== undefined && !isDeepStrictEqual(before, message)) throw nothingWaits(approvalId(wait));
  await postMessage(deps, run, message);
  const first = await earlier(store, wait);
  if (first !== undefined && first.id !== sent.id) throw nothingWaits(approvalId(wait));
  // Carried out already: whose decision it was is in the journal.
  if ((await store.waits.get(run, id)) !== undefined) return;
  if (await wasDecidedOtherwise(store, wait, sent, value)) throw nothingWaits(approvalId(wait));
}

async function check(
  { store, planner }: DecideDeps,
  wait: ListedWait,
  { decision, value, from }: DecisionSent,
): Promise<void> {
  const allowed = decisionsOf(wait);
  if (!allowed.includes(decision)) {
    const message = `${wait.path} ${wait.kind === 'approval' ? 'waits for an approval' : `is ${wait.kind}`}: it takes ${allowed.join(' or ')}, not ${decision}.`;
    throw new TelosError('REQUEST_MALFORMED', message, {
      details: { problems: [{ path: 'body.decision', message: `expected ${allowed.join(' or ')}` }] },
    });
  }
  if (wait.wait?.kind === 'approval' && !isAmong(wait.wait.who, from)) throw notAsked(wait, wait.wait.who, from);
  if (value !== undefined && (decision === 'reject' || decision === 'retry' || decision === 'fail')) {
    throw new TelosError('REQUEST_MALFORMED', `A value goes with approve or succeed, not with ${decision}.`, {
      details: { problems: [{ path: 'body.value', message: `not taken with ${decision}` }] },
    });
  }
  if (value !== undefined && wait.path === runInput) {
    throw new TelosError('REQUEST_MALFORMED', 'The input of a run is let in as it is, or not at all.', {
      details: { problems: [{ path: 'body.value', message: 'not taken for the input of a run' }] },
      next: 'Approve it without a value, or reject it and start the run with another input.',
    });
  }
  if (decision === 'approve' && value !== undefined && wait.wait?.kind === 'approval' && wait.wait.plan !== undefined)
    checkPlan(planner, wait.wait.plan, value);
  if (decision !== 'approve' || wait.wait?.kind !== 'approval' || wait.wait.form === undefined) return;
  const { form, show } = wait.wait;
  // What was shown is what is given when nothing else is.
  checkValue(
    `the form of ${wait.path}`,
    'value',
    form,
    value === undefined ? await readPayload(store.blobs, show) : value,
  );
}

/** An edited plan is compiled, and held against what was granted, before anybody hears of the decision. */
function checkPlan(planner: DecideDeps['planner'], plan: Pick<Plan, 'grant' | 'objectives'>, value: Json): void {
  const text = planTextOf(value);
  if (text === undefined) {
    const message =
      'The value does not fit the plan: it is the text of a plan, or what was shown with another text as `plan`.';
    throw new TelosError('VALUE_INVALID', message, {
      details: { problems: [{ path: 'value', message: 'expected text, or { plan: text }' }] },
    });
  }
  planner?.read(text, plan);
}

function messageOf(
  wait: ListedWait,
  { id, decision, note, ...sent }: DecisionSent,
  value: Payload | undefined,
): Message {
  const by = asWhom(sent);
  const from = { id, ...(by === undefined ? {} : { by }), ...(note === undefined ? {} : { note }) };
  if (decision === 'approve' || decision === 'reject')
    return { kind: 'decide', ...from, wait: wait.id, decision, ...(value === undefined ? {} : { value }) };
  return { kind: 'resolve', ...from, path: wait.path, as: decision, ...(value === undefined ? {} : { output: value }) };
}

/** The decision about this wait that was asked for first, while it is not carried out. */
async function earlier(store: DecideDeps['store'], wait: ListedWait): Promise<Message | undefined> {
  return (await store.inbox.pending(wait.run)).find((message) =>
    message.kind === 'decide' ? message.wait === wait.id : message.kind === 'resolve' && message.path === wait.path,
  );
}

async function wasDecidedOtherwise(
  store: DecideDeps['store'],
  { run, id, path }: ListedWait,
  sent: DecisionSent,
  value: Payload | undefined,
): Promise<boolean> {
  for await (const { event } of store.journal.read(run, id)) {
    if (event.type === 'wait.closed' && event.path === path) {
      const { closing } = event;
      if (!('decision' in closing)) return true;
      return !same(sent, { as: closing.decision, by: closing.by, note: closing.note }) || !equal(closing.value, value);
    }
    if (event.type === 'step.resolved' && event.path === path) return !same(sent, event);
  }
  return true;
}

type Recorded = { readonly as: string; readonly by?: string | undefined; readonly note?: string | undefined };

function same(sent: DecisionSent, { as, by, note }: Recorded): boolean {
  return sent.decision === as && asWhom(sent) === by && sent.note === note;
}

function equal(left: Payload | undefined, right: Payload | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function asWhom({ from, by }: Pick<DecisionSent, 'from' | 'by'>): string | undefined {
  return by ?? from.name;
}

function notAsked({ run, path }: ListedWait, who: readonly string[], { name, roles }: Person): TelosError {
  const from = name === undefined ? 'nobody says who decides' : `not ${[name, ...roles].join(', ')}`;
  const asked = who.join(' or ');
  return new TelosError('NOT_ASKED', `${path} of ${run} is for ${asked} to decide: ${from}.`, {
    next: `Decide with an API key that names ${asked}: \`anna:${who[0]}=<key>\` in TELOS_API_KEYS; on this machine, without keys, say as whom: \`--as ${who[0]}\`, or the header \`Telos-As\`.`,
    details: { who: [...who] },
  });
}
