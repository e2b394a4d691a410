/** A server of the official package that does what its script says. */
import { Server } from '@modelcontextprotocol/server';
import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import type { ScriptedTool } from './script.ts';

export type Acting = {
  /** Read at each listing and each call. */
  readonly tools: () => readonly ScriptedTool[];
  readonly become: (tools: readonly ScriptedTool[]) => void;
  readonly die: () => void;
  readonly called: (name: string, input: unknown) => void;
};

export function scriptedServer({ tools, become, die, called }: Acting): Server {
  const server = new Server({ name: 'scripted', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
  server.setRequestHandler('tools/list', () => ({ tools: tools().map(listed) }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }): Promise<CallToolResult> => {
    const tool = tools().find(({ name }) => name === params.name);
    called(params.name, params.arguments ?? {});
    const does = tool?.does;
    if (tool === undefined) return text(`There is no tool ${params.name}.`, true);
    if (does === undefined) return text(JSON.stringify(params.arguments ?? {}));
    if (does === 'environment') return text(JSON.stringify(process.env));
    if (does === 'dies') {
      die();
      return new Promise(() => {});
    }
    if (does === 'hangs') {
      return new Promise((_, reject) => {
        mcpReq.signal.addEventListener('abort', () => {
          called('(aborted)', {});
          reject(new Error('It was called off.'));
        });
      });
    }
    if ('says' in does) return text(does.says);
    if ('gives' in does) return { ...text(JSON.stringify(does.gives)), structuredContent: { ...does.gives } };
    if ('fails' in does) return text(does.fails, true);
    if ('becomes' in does) {
      become(does.becomes);
      await server.sendToolListChanged().catch(() => {});
      return text('Done.');
    }
    return text('x'.repeat(does.characters));
  });
  return server;
}

function listed({ name, description, inputSchema, outputSchema, annotations }: ScriptedTool): Tool {
  return {
    name,
    inputSchema: { type: 'object', ...inputSchema },
    ...(description === undefined ? {} : { description }),
    ...(outputSchema === undefined ? {} : { outputSchema: { type: 'object', ...outputSchema } }),
    ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
  };
}

function text(said: string, isError = false): CallToolResult {
  return { content: [{ type: 'text', text: said }], ...(isError ? { isError } : {}) };
}
