import type { Servers } from '../ports/servers.ts';
import type { AnyTool } from '../ports/tool.ts';
import type { ConnectionSpec } from './program.ts';

export type ToolPlaces = {
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** Absent where no server is known. */
  readonly servers?: Servers | undefined;
};

/**
 * The tool that a step uses: of the server behind a connection, as the program
 * has it, or of the catalogue. Undefined when there is none.
 *
 * @param connections Of the program that the step belongs to.
 */
export function toolIn(
  { tools, servers }: ToolPlaces,
  connections: { readonly [name: string]: ConnectionSpec },
  uses: string,
): AnyTool | undefined {
  const dot = uses.indexOf('.');
  const connection = uses.slice(0, Math.max(dot, 0));
  const offered = Object.hasOwn(connections, connection) ? connections[connection]?.tools : undefined;
  if (offered === undefined) return tools.get(uses);
  const name = uses.slice(dot + 1);
  const served = Object.hasOwn(offered, name) ? offered[name] : undefined;
  return served === undefined ? undefined : servers?.tool(connection, name, served);
}
