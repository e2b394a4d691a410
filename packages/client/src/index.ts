// A typed client of the HTTP API, for Node and for browsers.
export { createClient } from './create-client.ts';
export type { CallOptions, StartOptions, TelosClient } from './create-client.ts';
export type { FollowOptions } from './follow-run.ts';
export { TelosProblem } from './telos-problem.ts';
export type { ClientOptions } from './transport.ts';
