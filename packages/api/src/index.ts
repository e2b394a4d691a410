// The HTTP door. What needs no Fastify stands in `@telos/api/runs` and `@telos/api/trace`.
export type { Answered, ApiDeps } from './api-deps.ts';
export { createApi } from './create-api.ts';
export { parseApiKeys } from './guards/api-keys.ts';
export type { ApiKeys } from './guards/api-keys.ts';
export { isLoopback } from './guards/loopback.ts';
export { problemOf } from './problem-of.ts';
export { serveApi } from './serve-api.ts';
export type { ServedApi } from './serve-api.ts';
