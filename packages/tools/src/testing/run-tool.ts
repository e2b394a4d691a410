import type { Json, Tool, ToolContext } from '@telos/core';

/** Runs a tool as the engine does: the input is parsed first, and the output must fit the tool's own schema. */
export async function runTool<I, O extends Json>(tool: Tool<I, O>, input: unknown, context: ToolContext): Promise<O> {
  return tool.output.parse(await tool.run(tool.input.parse(input), context));
}
