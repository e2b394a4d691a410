/**
 * Tool calls put together from the pieces that arrive in a stream.
 *
 * A piece with a new id begins a call; a piece without an id goes on with the
 * last call of its index. That holds for OpenAI (id once, then arguments in
 * pieces), for servers that repeat the id, for those that give none, and for
 * LangChain's Ollama model, which gives every call index 0 and an id of its own.
 */
import { repairJson, TelosError } from '@telos/core';
import type { Json, ToolCall } from '@telos/core';
import type { ToolNames } from './tool-names.ts';

type ToolCallPiece = {
  readonly id?: string | undefined;
  readonly index?: number | undefined;
  readonly name?: string | undefined;
  readonly args?: string | undefined;
};

type Open = { id: string | undefined; readonly index: number; name: string; args: string };

export type ToolCallCollector = {
  add(pieces: readonly ToolCallPiece[]): void;
  /** @throws TelosError OUTPUT_INVALID when the arguments of a call are no JSON, even after repair. */
  calls(): readonly ToolCall[];
};

export function collectToolCalls(names: ToolNames): ToolCallCollector {
  const open: Open[] = [];
  return {
    add(pieces) {
      for (const { id, index = 0, name = '', args = '' } of pieces) {
        const going = open.findLast((call) => call.index === index);
        if (going !== undefined && (id === undefined || id === '' || going.id === id)) {
          if (going.name === '') going.name = name;
          going.args += args;
        } else {
          open.push({ id: id === '' ? undefined : id, index, name, args });
        }
      }
    },
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
