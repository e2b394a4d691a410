/** What the calls of a run gave, as its journal has it. */
import { isJsonObject } from '@telos/core';
import type { CallRecord, ErrorRecord, EventOf, Json, JsonObject, Payload, Recorded } from '@telos/core';
import type { OutsideAnswer } from '@telos/language';
import { anyTool } from '../outside/answers.ts';
import { cancelledError } from '../outside/stage.ts';
import type { AnsweredCall } from '../outside/answers.ts';

type Read = (payload: Payload) => Promise<Json>;

/**
 * The answers to the calls of models, and what each attempt at a step came to, in the order in which they ended. What
 * went back to a model because it could not be used is no answer: the one that could is.
 */
export async function callsOfRun(events: readonly Recorded[], read: Read): Promise<readonly AnsweredCall[]> {
  const calls: AnsweredCall[] = [];
  const exchanges = new Map<string, EventOf<'call.finished'>[]>();
  const shown = new Map<string, Payload>();
  const cancelled: EventOf<'step.cancelled'>[] = [];
  const keyOf = ({ path, attempt }: { readonly path: string; readonly attempt: number }): string =>
    `${path} ${attempt}`;
  for (const { event } of events) {
    switch (event.type) {
      case 'call.finished':
        if (event.call.kind === 'chat') {
          const key = keyOf(event);
          exchanges.set(key, [...(exchanges.get(key) ?? []), event]);
        } else if (event.call.name === 'planner.rules') {
          // Rules plan where the model that was asked first only quotes; of that the journal says no more.
          const quoting = { gives: { model: 'offline/extractive', text: '' } };
          calls.push({ ...toolCall(event.path, event.attempt, quoting), kind: 'model' });
        }
        break;
      case 'wait.opened':
        // What the tool gave, before a person changed it.
        if (event.wait.kind === 'approval' && event.wait.purpose === 'gate') shown.set(keyOf(event), event.wait.show);
        break;
      case 'step.succeeded':
      case 'attempt.rejected': {
        const { path, attempt, output } = event;
        calls.push(toolCall(path, attempt, { gives: await read(shown.get(keyOf(event)) ?? output) }));
        break;
      }
      case 'attempt.failed':
      case 'step.failed': {
        const { path, attempt, error } = event;
        const output = event.type === 'step.failed' ? (shown.get(keyOf(event)) ?? event.output) : undefined;
        // With an output it is its gate that failed.
        const answer = output === undefined ? { error: errorOf(error) } : { gives: await read(output) };
        calls.push(toolCall(path, attempt, answer));
        break;
      }
      case 'step.cancelled':
        cancelled.push(event);
        break;
      default:
    }
  }
  const failures = failuresOf(events);
  for (const [key, list] of exchanges) calls.push(...(await modelCalls(list, failures.get(key), read)));
  // The call that was under way was one of a model or a tool; whichever is not asked for is left.
  for (const { path: step, attempt } of cancelled)
    calls.push(toolCall(step, attempt, { error: cancelledError }), {
      ...toolCall(step, attempt, { error: cancelledError }),
      kind: 'model',
    });
  return calls;
}

function toolCall(step: string, attempt: number, answer: OutsideAnswer): AnsweredCall {
  return { step, kind: 'tool', name: anyTool, with: null, attempt, ...answer };
}

/** How attempts failed, by path and number. */
function failuresOf(events: readonly Recorded[]): ReadonlyMap<string, ErrorRecord> {
  return new Map(
    events.flatMap(({ event }): [string, ErrorRecord][] =>
      event.type === 'attempt.failed' || event.type === 'step.failed'
        ? [[`${event.path} ${event.attempt}`, event.error]]
        : [],
    ),
  );
}

/** @param failure How the attempt failed that made them. */
async function modelCalls(
  exchanges: readonly EventOf<'call.finished'>[],
  failure: ErrorRecord | undefined,
  read: Read,
): Promise<readonly AnsweredCall[]> {
  const made = await Promise.all(
    exchanges.map(async ({ path, attempt, call }) => ({
      path,
      attempt,
      call,
      messages: messagesOf(await read(call.input)),
      output: call.output === undefined ? null : await read(call.output),
    })),
  );
  return made.flatMap(({ path, attempt, call, messages, output }, index): AnsweredCall[] => {
    const next = made[index + 1];
    if (next !== undefined && wentOn(call, messages, next.messages)) return [];
    const isLast = next === undefined;
    const failed = isLast && failure !== undefined && /^(?:MODEL_|OUTPUT_INVALID)/.test(failure.code);
    const answer = failed ? { error: errorOf(failure) } : { gives: givenBy(call, output) };
    const { usage } = call;
    const asked = { step: path, kind: 'model' as const, name: call.name, with: { messages } };
    return [{ ...asked, attempt, ...answer, ...(usage === undefined ? {} : { usage }) }];
  });
}

/** Whether the same was asked once more: with what could not be used and the reasons, or of the next model of a fallback. */
function wentOn(call: CallRecord, messages: readonly JsonObject[], next: readonly JsonObject[]): boolean {
  if (!messages.every((message, index) => JSON.stringify(message) === JSON.stringify(next[index]))) return false;
  if (next.length === messages.length) return call.attributes?.['finish'] === 'failed';
  const last = next.at(-1)?.['text'];
  return typeof last === 'string' && last.startsWith('Your answer cannot be used');
}

function givenBy({ name, attributes }: CallRecord, output: Json): JsonObject {
  const fields = isJsonObject(output) ? output : { text: output };
  const finish = attributes?.['finish'];
  return {
    model: name,
    ...fields,
    ...(typeof finish === 'string' && finish !== 'stop' && finish !== 'failed' ? { finish } : {}),
  };
}

/** As a request writes them. */
function messagesOf(input: Json): readonly JsonObject[] {
  const messages = isJsonObject(input) ? input['messages'] : undefined;
  if (!Array.isArray(messages)) return [];
  // The engine wrote them, each a map.
  return (messages as readonly JsonObject[]).map(
    ({ role = '', content, text, tool_calls: toolCalls, tool_call_id: id }) => ({
      role,
      text: text ?? content ?? '',
      ...(toolCalls === undefined ? {} : { toolCalls }),
      ...(id === undefined ? {} : { toolCallId: id }),
    }),
  );
}

function errorOf({ code, kind, message }: ErrorRecord): NonNullable<OutsideAnswer['error']> {
  return { code, kind, message };
}
