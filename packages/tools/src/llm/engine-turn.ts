/**
 * One turn of an agent whose loop is that of a framework.
 *
 * The framework runs from its beginning. What its model said before, and what its calls gave, it is told again from the
 * conversation; its next question is the turn. When that is answered with calls, the framework is stopped: they are
 * steps, and the next turn tells it what they gave.
 */
import { isJsonObject, TelosError } from '@telos/core';
import type { AgentEngine, ChatMessage, EngineReply, Generation, ToolCall, ToolOffer } from '@telos/core';

export type EngineTurn = {
  readonly engine: AgentEngine;
  readonly name: string;
  /** All that was said before the turn, and what came of the last calls. */
  readonly messages: readonly ChatMessage[];
  readonly offers: readonly ToolOffer[];
  readonly maxTurns: number;
  readonly signal: AbortSignal;
  /** Asks the model. */
  generate(messages: readonly ChatMessage[]): Promise<Generation>;
};

/** @returns What the model said. @throws TelosError ENGINE_FAILED, and what `generate` throws. */
export async function takeEngineTurn(turn: EngineTurn): Promise<Generation> {
  const { messages, offers, maxTurns } = turn;
  const names = createWireNames();
  const past = messages.flatMap((message) => (message.role === 'assistant' ? [message] : []));
  const stop = new AbortController();
  const signal = AbortSignal.any([turn.signal, stop.signal]);
  const stopped = Promise.withResolvers<Generation>();
  const results = resultsOf(messages);
  let asked = 0;
  let live: Generation | undefined;

  async function ask(said: readonly ChatMessage[]): Promise<EngineReply> {
    const earlier = past[asked];
    asked += 1;
    if (earlier !== undefined) return replyOf(earlier.text, earlier.toolCalls ?? [], asked, names.toWire);
    if (live !== undefined) throw failed(turn.name, 'asked its model again after it had answered');
    live = await turn.generate(said.map((message) => asSaid(message, names.fromWire)));
    if (live.toolCalls.length === 0) return replyOf(live.text, [], asked, names.toWire);
    stopped.resolve(live);
    // It is stopped before it makes them.
    return new Promise((_, reject) => {
      const give = (): void => reject(new TelosError('CANCELLED', 'Its calls are made as steps.'));
      signal.addEventListener('abort', give, { once: true });
      stop.abort(new TelosError('CANCELLED', 'Its calls are made as steps.'));
    });
  }

  const task = {
    instructions: messages.find(({ role }) => role === 'system')?.text ?? '',
    input: messages.find(({ role }) => role === 'user')?.text ?? '',
    tools: offersOf(offers, past, names.toWire),
    maxTurns,
  };
  const host = {
    ask,
    call(id: string): string {
      const result = results.get(id);
      if (result === undefined) throw failed(turn.name, `made a call (${id}) that nobody asked for`);
      return result;
    },
    signal,
  };
  const ran = turn.engine.run(task, host).then(
    (text): Generation => {
      if (live === undefined) throw failed(turn.name, 'ended before the turn was taken');
      return { ...live, text: live.value === undefined ? text : live.text };
    },
    (error: unknown): never => {
      turn.signal.throwIfAborted();
      if (error instanceof TelosError) throw error;
      throw causeOf(error) ?? failed(turn.name, error instanceof Error ? error.message : String(error), error);
    },
  );
  // What it does after it was stopped is of no concern.
  ran.catch(() => undefined);
  return Promise.race([stopped.promise, ran]);
}

function failed(name: string, what: string, cause?: unknown): TelosError {
  const message = `The agent engine ${name} ${cause === undefined ? what : `failed: ${what}`}.`;
  return new TelosError('ENGINE_FAILED', message, cause === undefined ? {} : { cause });
}

/** A failure of the model, which the framework has wrapped in one of its own. */
function causeOf(error: unknown): TelosError | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    if (at instanceof TelosError) return at;
    at = 'cause' in at ? at.cause : undefined;
  }
  return undefined;
}

/** Ids are a model's own and may come again in a later turn, which some frameworks take for the same call. */
const idIn = (turn: number, id: string): string => `${turn}.${id}`;
const idOf = (wire: string): string => wire.slice(wire.indexOf('.') + 1);

function replyOf(
  text: string,
  calls: readonly ToolCall[],
  turn: number,
  toWire: (name: string) => string,
): EngineReply {
  return {
    text,
    calls: calls.map(({ id, name, input }) => ({
      id: idIn(turn, id),
      name: toWire(name),
      input: isJsonObject(input) ? input : { value: input },
    })),
  };
}

/** What the model was shown of each call, by the id that the framework has of it. */
function resultsOf(messages: readonly ChatMessage[]): ReadonlyMap<string, string> {
  const results = new Map<string, string>();
  let turn = 0;
  for (const message of messages) {
    if (message.role === 'assistant') turn += 1;
    if (message.role === 'tool') results.set(idIn(turn, message.toolCallId), message.text);
  }
  return results;
}

/** With those that it called and does not have: it is told so by what the call gave. */
function offersOf(
  offers: readonly ToolOffer[],
  past: readonly Extract<ChatMessage, { role: 'assistant' }>[],
  toWire: (name: string) => string,
): readonly ToolOffer[] {
  const known = new Set(offers.map(({ name }) => name));
  const called = new Set(past.flatMap(({ toolCalls = [] }) => toolCalls.map(({ name }) => name)));
  const absent = [...called].filter((name) => !known.has(name));
  const all = [
    ...offers,
    ...absent.map((name) => ({ name, description: 'There is none.', input: { type: 'object' } })),
  ];
  return all.map((offer) => ({ ...offer, name: toWire(offer.name) }));
}

/** With the names and ids that calls have here. */
function asSaid(message: ChatMessage, fromWire: (name: string) => string): ChatMessage {
  if (message.role === 'tool') return { ...message, toolCallId: idOf(message.toolCallId) };
  if (message.role !== 'assistant' || message.toolCalls === undefined) return message;
  const toolCalls = message.toolCalls.map((call) => ({ ...call, id: idOf(call.id), name: fromWire(call.name) }));
  return { ...message, toolCalls };
}

/** Names as frameworks take them: no dots. */
function createWireNames() {
  const wires = new Map<string, string>();
  const names = new Map<string, string>();
  return {
    toWire(name: string): string {
      const known = wires.get(name);
      if (known !== undefined) return known;
      const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 60);
      let wire = plain;
      for (let n = 2; names.has(wire); n += 1) wire = `${plain}_${n}`;
      wires.set(name, wire);
      names.set(wire, name);
      return wire;
    },
    fromWire: (wire: string): string => names.get(wire) ?? wire,
  };
}
