/**
 * Approvals: what people decide, found among all runs and answered one by one or
 * many at once. Whoever asks first is the one who decides; the others are told
 * that it was decided already.
 */
import { TelosError } from '@telos/core';
import type { Json, ListedWait, Message, Payload, RunId, Store, WaitFilter } from '@telos/core';
import type { Decision } from '@telos/contract';
import { storePayload } from '../store-payload.ts';
import { checkValue } from './check-value.ts';
import { isAmong } from './person.ts';
import type { Person } from './person.ts';
import { postMessage } from './post-message.ts';
import type { PostDeps } from './post-message.ts';

export type ApprovalDeps = PostDeps & { readonly store: Pick<Store, 'inbox' | 'runs' | 'waits' | 'blobs' | 'journal'> };

export const approvalKinds = ['approval', 'in_doubt', 'quarantined'] as const;

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

export function approvalId({ run, id }: Pick<ListedWait, 'run' | 'id'>): string {
  return `${run}~${id}`;
}

/** What may be decided about a wait. */
export function decisionsOf({ kind }: Pick<ListedWait, 'kind'>): readonly Decision[] {
  return kind === 'approval' ? ['approve', 'reject'] : ['retry', 'succeed', 'fail'];
}

/**
 * Decides about the wait of this approval id. Durable when it resolves.
 *
 * @throws TelosError WAIT_NOT_FOUND when there is none, or somebody has decided already; NOT_ASKED when others are asked; VALUE_INVALID when the value
 *   does not fit the form; REQUEST_MALFORMED when the decision does not fit what waits; RUN_FINISHED.
 */
export async function decide(deps: ApprovalDeps, approval: string, sent: DecisionSent): Promise<ListedWait> {
  const wait = await findWait(deps, approval);
  await decideWait(deps, wait, sent);
  return wait;
}

export async function findWait({ store }: ApprovalDeps, approval: string): Promise<ListedWait> {
  const [, run = '', id = ''] = /^(.+)~(\d{1,15})$/.exec(approval) ?? [];
  const wait = run === '' ? undefined : await store.waits.get(run, Number(id));
  if (wait === undefined || !(approvalKinds as readonly string[]).includes(wait.kind)) throw gone(approval);
  return wait;
}

async function decideWait(deps: ApprovalDeps, wait: ListedWait, sent: DecisionSent): Promise<void> {
  const { store } = deps;
  const { run, id } = wait;
  await check(deps, wait, sent);
  if ((await earlier(store, wait)) !== undefined) throw gone(approvalId(wait));
  const value = sent.value === undefined ? undefined : await storePayload(store.blobs, sent.value);
  await postMessage(deps, run, messageOf(wait, sent, value));
  const first = await earlier(store, wait);
  if (first !== undefined && first.id !== sent.id) throw gone(approvalId(wait));
  // Carried out already: whose decision it was is in the journal.
  if ((await store.waits.get(run, id)) !== undefined) return;
  if (await wasDecidedOtherwise(store, wait, sent, value)) throw gone(approvalId(wait));
}

async function check(
  { store }: ApprovalDeps,
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
  if (decision !== 'approve' || wait.wait?.kind !== 'approval' || wait.wait.form === undefined) return;
  const { form, show } = wait.wait;
  // What was shown is what is given when nothing else is.
  checkValue(`the form of ${wait.path}`, 'value', form, value === undefined ? await read(store, show) : value);
}

async function read(store: ApprovalDeps['store'], payload: Payload): Promise<Json> {
  if ('value' in payload) return payload.value;
  const blob = await store.blobs.get(payload.blob);
  // Payload blobs hold JSON text that the engine wrote.
  return blob === undefined ? null : (JSON.parse(new TextDecoder().decode(blob.bytes)) as Json);
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
async function earlier(store: ApprovalDeps['store'], wait: ListedWait): Promise<Message | undefined> {
  return (await store.inbox.pending(wait.run)).find((message) =>
    message.kind === 'decide' ? message.wait === wait.id : message.kind === 'resolve' && message.path === wait.path,
  );
}

async function wasDecidedOtherwise(
  store: ApprovalDeps['store'],
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

function gone(approval: string): TelosError {
  return new TelosError('WAIT_NOT_FOUND', `Nothing waits as ${approval}; it may have been decided already.`, {
    details: { approval },
  });
}

/** Decided by one request at most. */
const most = 1000;
const told = 100;

export type BulkResult = {
  readonly decided: number;
  readonly refused: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  /** There are more than one request decides. */
  readonly more: boolean;
};

/** The same decision about everything that the filter finds, longest waiting first. */
export async function decideAll(
  deps: ApprovalDeps,
  filter: WaitFilter,
  sent: Omit<DecisionSent, 'id'>,
  newId: () => string,
): Promise<BulkResult> {
  const refused: { id: string; code: string; message: string }[] = [];
  let decided = 0;
  let seen = 0;
  let cursor: string | undefined;
  do {
    const page = await deps.store.waits.list(filter, 100, cursor);
    for (const wait of page.items) {
      seen += 1;
      try {
        await decideWait(deps, wait, { ...sent, id: newId() });
        decided += 1;
      } catch (error) {
        if (!(error instanceof TelosError) || error.kind !== 'terminal') throw error;
        if (refused.length < told) refused.push({ id: approvalId(wait), code: error.code, message: error.message });
      }
    }
    cursor = page.next;
  } while (cursor !== undefined && seen < most);
  return { decided, refused, more: cursor !== undefined };
}

/** The waits that `GET /v1/approvals` and `telos approvals` list. */
export function approvalFilter(
  kind: readonly (typeof approvalKinds)[number][] | undefined,
  rest: { readonly workflow?: string; readonly run?: RunId; readonly namespace?: string; readonly code?: string },
): WaitFilter {
  return { ...rest, kind: kind ?? approvalKinds };
}
