/** A server's tool as every other tool: its server is asked for when it is called, and whether it is still what was accepted. */
import { canonicalJson, TelosError } from '@telos/core';
import type { AnyTool, Clock, Connection, Json, JsonObject, Schemas, ServedTool, ToolContext } from '@telos/core';
import { destinationOf } from '../http/destination.ts';
import { recordedCall } from '../recorded-call.ts';
import { outputOf } from './answer.ts';
import type { Connections, Server } from './connections.ts';
import { inputType, outputType } from './input-type.ts';
import { servedTool as accepted } from './served-tool.ts';
import type { ListedTool } from './served-tool.ts';
import { readServerSettings } from './settings.ts';
import type { ServerAddress } from './settings.ts';

export type ServedToolDeps = {
  readonly connections: Connections;
  readonly schemas: Schemas;
  readonly clock: Clock;
  /** Whether a tool of this pin has been accepted since the program was compiled. */
  readonly isAccepted: (connection: string, name: string, pin: string) => boolean;
};

const plainOutput = {
  type: 'object',
  properties: { text: { type: 'string' }, data: {}, content: { type: 'array' } },
  required: ['text'],
};

export function toolOfServer(connection: string, name: string, served: ServedTool, deps: ServedToolDeps): AnyTool {
  const { connections, schemas, clock } = deps;
  const what = `${connection}.${name}`;

  function serverOf(context: Pick<ToolContext, 'connection'>): Server {
    const found: Connection | undefined = context.connection(connection);
    if (found === undefined)
      throw new TelosError('MCP_CONNECTION_INVALID', `There is no connection \`${connection}\` under \`tools:\`.`);
    const settings = readServerSettings(connection, found.with);
    return { connection, settings };
  }

  function assertUnchanged(tools: readonly ListedTool[]): void {
    const listed = tools.find((tool) => tool.name === name);
    if (listed === undefined)
      throw changed(what, 'its server does not offer it any more', {
        old: described(served, ['description', 'input']),
      });
    const now = accepted(listed);
    if (now.pin === served.pin || deps.isAccepted(connection, name, now.pin)) return;
    const fields = (['description', 'input'] as const).filter(
      (field) => canonicalJson(now[field]) !== canonicalJson(served[field]),
    );
    const message = `its server says something else of its ${fields.join(' and ')} than was accepted`;
    throw changed(what, message, { old: described(served, fields), new: described(now, fields) });
  }

  return {
    name: what,
    description: served.description,
    input: inputType(served.input, schemas),
    output: outputType(served.output ?? plainOutput),
    outputSchemaOf: () => served.output ?? plainOutput,
    effect: served.effect,
    returns: ['untrusted'],
    foreign: true,
    idempotent: served.idempotent === true,
    spendsNothing: true,
    sendsTo(_input: JsonObject, context) {
      const { address } = serverOf(context).settings;
      // What a program sends, and where, is its own affair.
      return 'url' in address ? destinationOf(address.url) : 'anywhere';
    },
    run(input: JsonObject, context) {
      const { signal, idempotencyKey } = context;
      return recordedCall(context, clock, { kind: 'tool', name: what, input }, async () => {
        const server = serverOf(context);
        const call = { name, input, served, signal, idempotencyKey, before: assertUnchanged };
        const answer = await connections.call(server, call);
        const output = outputOf(answer, what, served, schemas);
        return { result: output, output, attributes: { server: shownAddress(server.settings.address) } };
      });
    },
  };
}

function changed(what: string, why: string, details: JsonObject): TelosError {
  return new TelosError('MCP_TOOL_CHANGED', `${what} was not called: ${why}.`, { details, effect: 'none' });
}

/** As the details of an error may hold it. */
function described(tool: ServedTool, fields: readonly ('description' | 'input')[]): JsonObject {
  const shown = {
    description: tool.description.slice(0, 2000),
    input: JSON.stringify(tool.input).length > 4000 ? 'a schema of more than 4,000 characters' : tool.input,
  };
  return Object.fromEntries(fields.map((field): [string, Json] => [field, shown[field]]));
}

function shownAddress(address: ServerAddress): string {
  return 'url' in address ? (URL.parse(address.url)?.host ?? '') : address.command;
}
