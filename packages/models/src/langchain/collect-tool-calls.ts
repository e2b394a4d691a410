/**
 * Tool calls put together from the pieces that arrive in a stream.
 *
 * A piece with a new id begins a call; a piece without an id goes on with the
 * last call of its index. That holds for OpenAI (id once, then arguments in
 * pieces), for servers that repeat the id, for those that give none, and for
 * LangChain's Ollama model, which gives every call index 0 and an id of its own.
 */
import { repairJson, TelosError } from '@telos/core';
import type { Json, ToolCall, WorkPart } from '@telos/core';
import type { ToolNames } from './tool-names.ts';

type ToolCallPiece = {
  readonly id?: string | undefined;
  readonly index?: number | undefined;
  readonly name?: string | undefined;
  readonly args?: string | undefined;
};

type Open = { id: string | undefined; readonly index: number; name: string; args: string };

export type ToolCallCollector = {
  /** @returns What each piece adds to which call, as it can be shown. */
  add(pieces: readonly ToolCallPiece[]): readonly Extract<WorkPart, { type: 'tool_call_piece' }>[];
  /** @throws TelosError OUTPUT_INVALID when the arguments of a call are no JSON, even after repair. */
  calls(): readonly ToolCall[];
};

export function collectToolCalls(names: ToolNames): ToolCallCollector {
  const open: Open[] = [];
  return {
    add: (pieces) =>
      pieces.map(({ id, index = 0, name = '', args = '' }) => {
        let at = open.findLastIndex((call) => call.index === index);
        let call = open[at];
        if (call !== undefined && (id === undefined || id === '' || call.id === id)) {
          if (call.name === '') call.name = name;
          call.args += args;
        } else {
          call = { id: id === '' ? undefined : id, index, name, args };
          at = open.push(call) - 1;
        }
        return { type: 'tool_call_piece', index: at, name: names.fromWire(call.name), text: args };
      }),
    calls: () =>
      open.map((call, position) => ({
        id: call.id ?? `call_${position}`,
        name: names.fromWire(call.name),
        input: parsedArguments(call),
      })),
  };
}

function parsedArguments(call: Open): Json {
  if (call.args.trim() === '') return {};
  const parsed = repairJson(call.args);
  if (parsed !== undefined) return parsed.value;
  throw new TelosError('OUTPUT_INVALID', `The arguments of the call of "${call.name}" are not JSON.`, {
    details: { tool: call.name },
  });
}
