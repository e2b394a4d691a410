// Public names of this package.
export { createTools } from './create-tools.ts';
export type { ToolSettings } from './create-tools.ts';
export { agentTurnTool } from './llm/agent-turn.ts';
export { createHttpClient } from './http/http-client.ts';
export type { HttpClient, HttpClientSettings } from './http/http-client.ts';
export type { HttpRequest, HttpResponse } from './http/messages.ts';
export { refusedUrl } from './http/refused-url.ts';
export { createMcp } from './mcp/mcp.ts';
export type { Mcp, McpSettings, NamedServer } from './mcp/mcp.ts';
export type { Look, LookedAtTool } from './mcp/look.ts';
export { metAtText } from './mcp/settings.ts';
export { toolJsonSchemas } from './tool-json-schemas.ts';
export type { ToolJsonSchemas } from './tool-json-schemas.ts';
export type { SearchSettings } from './web-search/configured-chain.ts';
