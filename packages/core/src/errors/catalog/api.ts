import type { CatalogEntry } from './entry.ts';

/** What an HTTP request can meet. */
export const apiErrors = {
  REQUEST_MALFORMED: {
    kind: 'terminal',
    title: 'The request is not of the form that this route takes',
    next: 'Compare it with /docs; each problem names its field.',
  },
  SERVER_UNREACHABLE: {
    kind: 'retryable',
    title: 'No Telos server answers at this address',
    next: 'Start it with `telos serve`, which says where it listens, or correct the address.',
  },
  ROUTE_NOT_FOUND: { kind: 'terminal', title: 'There is nothing at this address', next: 'See /docs for every route.' },
  METHOD_NOT_ALLOWED: {
    kind: 'terminal',
    title: 'This address does not take this method',
    next: 'Use a method that the Allow header names.',
  },
  BODY_TOO_LARGE: {
    kind: 'terminal',
    title: 'The body is too large',
    next: 'Send less, or put large values where a tool can read them.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    kind: 'terminal',
    title: 'The body is of a type that is not read here',
    next: 'Send JSON with `content-type: application/json`.',
  },
  API_KEY_MISSING: {
    kind: 'terminal',
    title: 'This server wants an API key',
    next: 'Send `Authorization: Bearer <key>`.',
  },
  API_KEY_WRONG: {
    kind: 'terminal',
    title: 'The API key is not one of this server',
    next: 'Use a key of the server, from its TELOS_API_KEYS or given out with `telos keys add`; it may have been revoked.',
  },
  ROLE_MISSING: {
    kind: 'terminal',
    title: 'The API key may not do this',
    next: 'Use a key of another role: `runner` starts and steers runs, `editor` publishes workflows too.',
  },
  NAMESPACE_REFUSED: {
    kind: 'terminal',
    title: 'The API key is for another namespace',
    next: 'Leave `namespace` out, or use a key of that namespace or of none.',
  },
  API_KEYS_INVALID: {
    kind: 'terminal',
    title: 'An API key in the settings cannot be used',
    next: 'Give keys of at least 16 characters, or `sha256:` and 64 hexadecimal digits, separated by commas; whom one was given to may stand before it: `anna:editor+legal=<key>`.',
  },
  API_KEY_NOT_FOUND: {
    kind: 'terminal',
    title: 'No such API key is kept, or it was revoked before',
    next: 'See `telos keys` for those that there are; one of TELOS_API_KEYS goes with its entry there.',
  },
  API_KEYS_REQUIRED: {
    kind: 'terminal',
    title: 'An address that others can reach needs API keys',
    next: 'Give out a key with `telos keys add <name> --roles admin`, or set TELOS_API_KEYS; or listen on 127.0.0.1.',
  },
  HOST_REFUSED: {
    kind: 'terminal',
    title: 'The Host header names another machine',
    next: 'Open the server as http://127.0.0.1 or http://localhost; with API keys set any name is taken.',
  },
  ORIGIN_REFUSED: {
    kind: 'terminal',
    title: 'A page of another site may not change anything here',
    next: "Call the API from a program or from the server's own pages, or name the page's origin in TELOS_CORS_ORIGINS of the server.",
  },
  TOO_MANY_REQUESTS: {
    kind: 'retryable',
    title: 'Too many requests',
    next: 'Wait as long as Retry-After says.',
  },
  SIGNATURE_MISSING: {
    kind: 'terminal',
    title: 'The hook wants a signature',
    next: 'Sign the body with the secret of the hook, in the header that its workflow names.',
  },
  SIGNATURE_WRONG: {
    kind: 'terminal',
    title: 'The signature does not fit the body',
    next: 'Compare the secret, the algorithm, the prefix and the encoding on both sides; nothing may change the body on its way.',
  },
  HOOK_NOT_READY: {
    kind: 'retryable',
    title: 'The hook cannot check signatures',
    next: "Set the secret that the workflow's signature names, as TELOS_SECRET_<NAME> of the server.",
  },
  HOOK_PATH_TAKEN: {
    kind: 'terminal',
    title: 'Another workflow has this hook',
    next: 'Give the webhook another path, or withdraw the other workflow.',
  },
  CALLBACK_REFUSED: {
    kind: 'retryable',
    title: 'The address that the end of a run is posted to did not take it',
    next: 'See what the server there says; `telos callbacks <run>` posts it again.',
  },
  CALLBACK_NOT_SETTLED: {
    kind: 'terminal',
    title: 'There is nothing to post again',
    next: 'See `callback` of GET /v1/runs/{id}: what is waiting or owed goes out by itself.',
  },
  PORT_IN_USE: {
    kind: 'terminal',
    title: 'The port is in use',
    next: 'Stop the program that has it, or choose another with --port.',
  },
  PORT_UNUSABLE: {
    kind: 'terminal',
    title: 'The address cannot be listened on',
    next: 'Choose an address of this machine and a port from 1024.',
  },
  STEP_NOT_FOUND: {
    kind: 'terminal',
    title: 'The run has no such step, or has not reached it',
    next: 'List its steps with `telos show <run>`.',
  },
  ARTIFACT_NOT_FOUND: { kind: 'terminal', title: 'There is no such artifact', next: 'Copy the hash from a run.' },
  WORKFLOW_ID_MISMATCH: {
    kind: 'terminal',
    title: 'The workflow has another id than the address',
    next: 'Make `id:` in the source and the id in the address the same.',
  },
  REQUIREMENT_MISSING: {
    kind: 'terminal',
    title: 'The workflow needs a tool or check that is not here',
    next: 'List what is here with `telos tools` and `telos checks`.',
  },
} as const satisfies Record<string, CatalogEntry>;
