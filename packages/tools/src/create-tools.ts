import type { AnyTool, Clock, Models, TraceContext } from '@telos/core';
import { dbQueryTool } from './db-query/db-query.ts';
import { fileReadTool } from './file-read/file-read.ts';
import { fileWriteTool } from './file-write/file-write.ts';
import { createWritableFolders } from './file-write/writable-folders.ts';
import { createHttpClient } from './http/http-client.ts';
import { httpRequestTool } from './http-request/http-request.ts';
import { llmTool } from './llm/llm.ts';
import { scriptJsTool } from './script-js/script-js.ts';
import { transformTool } from './transform/transform.ts';
import { webReadTool } from './web-read/web-read.ts';
import { webSearchTool } from './web-search/web-search.ts';
import type { SearchSettings } from './web-search/configured-chain.ts';
import { createWorkspace } from './workspace.ts';

export type ToolSettings = {
  readonly models: Models;
  /** The folder that file paths are relative to and may not leave. */
  readonly workspace: string;
  /** Whether a file of the workspace, by its real path, is kept from workflows all the same; default none. */
  readonly isWithheld?: (real: string) => boolean;
  /** Folders of the workspace that workflows may write to; default none. */
  readonly writable?: readonly string[];
  /** Private and loopback hosts, `host` or `host:port`, that the operator allows; default none. */
  readonly allowedHosts?: readonly string[];
  readonly search?: SearchSettings;
  /** W3C trace context of the step under way: its requests carry it. Absent: none does. */
  readonly traceContext?: () => TraceContext | undefined;
  readonly clock: Clock;
};

/**
 * The tools of this package by name: what `uses:` may say. Creating them opens
 * nothing and loads nothing heavy; a tool loads what it needs when it first runs.
 * @throws TelosError HTTP_URL_INVALID for an entry of `allowedHosts` that is no host.
 */
export function createTools(settings: ToolSettings): ReadonlyMap<string, AnyTool> {
  const { models, clock, traceContext } = settings;
  const workspace = createWorkspace(settings.workspace, settings.isWithheld);
  const http = createHttpClient({ clock, allowedHosts: settings.allowedHosts ?? [], traceContext });
  const tools: readonly AnyTool[] = [
    llmTool(models, workspace, clock),
    webSearchTool(settings.search ?? {}, clock, traceContext),
    webReadTool(http, clock),
    httpRequestTool(http, clock),
    dbQueryTool(workspace, clock),
    scriptJsTool(clock),
    fileReadTool(workspace),
    fileWriteTool(createWritableFolders(settings.workspace, settings.writable ?? [])),
    transformTool,
  ];
  return new Map(tools.map((tool) => [tool.name, tool]));
}
