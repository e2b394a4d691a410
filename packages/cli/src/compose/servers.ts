/** Servers of the Model Context Protocol, with the files, the secrets and the check of this installation. */
import { join } from 'node:path';
import { secretMissing, useCheck } from '@telos/core';
import type { AnyCheck, Clock, Json, Schemas } from '@telos/core';
import { currentTraceContext } from '@telos/executor/trace-context';
import { renderTemplate, serversIn, serversOf } from '@telos/language';
import type { SharedDefinitions } from '@telos/language';
import { createHttpClient, createMcp } from '@telos/tools';
import type { Mcp } from '@telos/tools';
import type { Config } from '../config/config.ts';
import type { Secrets } from './secrets.ts';

/** Beside `telos.yaml`, and meant to be committed. */
export const lockFileName = 'telos.lock.json';

/** A longer text is not looked through for servers at each use: `telos mcp pin` takes it. In UTF-16 units. */
const longestMet = 200_000;

export type ServerDeps = {
  readonly config: Config;
  readonly workspace: string;
  readonly clock: Clock;
  readonly schemas: Schemas;
  readonly checks: ReadonlyMap<string, AnyCheck>;
  /** Absent: a server whose connection names one cannot be met. */
  readonly secrets?: Secrets | undefined;
  /** Told of what was taken at its word. */
  readonly tell?: ((message: string) => void) | undefined;
};

export function composeServers({ config, workspace, clock, schemas, checks, secrets, tell }: ServerDeps): Mcp {
  const own = serversIn(config.shared?.tools ?? {}).map(({ connection, settings }): [string, Json] => [
    connection,
    settings,
  ]);
  return createMcp({
    http: createHttpClient({ clock, allowedHosts: config.allowedHosts, traceContext: currentTraceContext }),
    traceContext: currentTraceContext,
    clock,
    schemas,
    folder: workspace,
    lockFile: join(workspace, lockFileName),
    recordFile: join(config.home, 'servers.json'),
    own: Object.fromEntries(own),
    resolve: (settings) => withSecrets(settings, secrets),
    examine: (tool) => examine(tool, checks),
    onFirstUse: (connection, count) =>
      tell?.(
        `${connection}: ${count} ${count === 1 ? 'tool' : 'tools'} accepted at first use; \`telos mcp pin\` writes down what they are.`,
      ),
  });
}

/** Meets the servers that a workflow names and that were not met yet. */
export function meetingOf(mcp: Mcp, shared: SharedDefinitions | undefined): (source: string) => Promise<void> {
  const catalog = shared === undefined ? {} : { shared };
  return async (source) => {
    if (source.length <= longestMet) await mcp.meet(serversOf(source, catalog));
  };
}

/** @throws TelosError SECRET_MISSING */
function withSecrets(settings: Json, secrets: Secrets | undefined): Json {
  const named = [...JSON.stringify(settings).matchAll(/secrets(?:\.|\[\\?["'])(\w+)/g)].map(([, name = '']) => name);
  const values = named.map((name): [string, string] => {
    const value = secrets?.value(name);
    if (value === undefined) throw secretMissing(name);
    return [name, value];
  });
  return values.length === 0 ? settings : renderTemplate(settings, { secrets: Object.fromEntries(values) });
}

/** Why what is said of a tool may not be shown to a model. */
async function examine(tool: Json, checks: ReadonlyMap<string, AnyCheck>): Promise<string | undefined> {
  const subject = { value: tool, text: JSON.stringify(tool), input: null, sources: {} };
  const { verdict, reason } = await useCheck({ name: 'tool_poisoning', uses: 'tool_poisoning', with: {} }, subject, {
    checks,
    signal: new AbortController().signal,
    record: () => {},
    render: (template) => template,
  });
  return verdict === 'pass' ? undefined : reason.replace(/\.$/, '');
}
