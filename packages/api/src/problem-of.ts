import { TelosError, catalog } from '@telos/core';
import type { CatalogEntry, ErrorCode, Json } from '@telos/core';
import type { LocatedError, Problem } from '@telos/contract';

/** Status of an answer by error code; a code that is not here is our failure: 500. */
const statusOf: { readonly [code in ErrorCode]?: number } = {
  REQUEST_MALFORMED: 400,
  PAGE_INVALID: 400,
  API_KEY_MISSING: 401,
  API_KEY_WRONG: 401,
  SIGNATURE_MISSING: 401,
  SIGNATURE_WRONG: 401,
  NOT_ASKED: 403,
  ROLE_MISSING: 403,
  NAMESPACE_REFUSED: 403,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  ROUTE_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  RUN_NOT_PAUSED: 409,
  STEP_NOT_FOUND: 404,
  WORKFLOW_NOT_FOUND: 404,
  EXPERIMENT_NOT_FOUND: 404,
  ARTIFACT_NOT_FOUND: 404,
  API_KEY_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  RUN_FINISHED: 409,
  RUN_UNFINISHED: 409,
  WAIT_NOT_FOUND: 409,
  CONCURRENCY_FULL: 409,
  IDEMPOTENCY_MISMATCH: 409,
  HOOK_PATH_TAKEN: 409,
  CALLBACK_NOT_SETTLED: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  INPUT_INVALID: 422,
  VALUE_INVALID: 422,
  FORK_INVALID: 422,
  RECURSION: 422,
  UNSUPPORTED: 422,
  WORKFLOW_INVALID: 422,
  EXPERIMENT_INVALID: 422,
  PLAN_INVALID: 422,
  PLAN_REQUEST_INVALID: 422,
  WORKFLOW_ID_MISMATCH: 422,
  SCHEMA_INVALID: 422,
  EXPRESSION_FAILED: 422,
  REQUIREMENT_MISSING: 422,
  SECRET_MISSING: 422,
  HTTP_URL_INVALID: 422,
  HTTP_ADDRESS_REFUSED: 422,
  RAIL_BLOCKED: 422,
  TEST_NOT_REPEATABLE: 422,
  TOO_MANY_REQUESTS: 429,
  HOOK_NOT_READY: 503,
  RAIL_FAILED: 503,
  STORE_UNAVAILABLE: 503,
  STORE_FULL: 503,
  STORE_CORRUPT: 503,
};

/**
 * Turns a failure into a problem document (RFC 9457).
 *
 * A TelosError speaks for itself. Anything else is a bug of ours, whose message is for the log and not for the caller.
 */
export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof TelosError)) {
    return {
      ...envelope('BUG', 500, requestId),
      detail: `The server failed; its log has the reason under ${requestId}.`,
      next: catalog.BUG.next,
    };
  }
  const errors = locatedErrors(error);
  return {
    ...envelope(error.code, statusOfError(error), requestId),
    detail: error.message,
    next: error.next,
    ...(errors.length === 0 ? {} : { errors }),
  };
}

function statusOfError(error: TelosError): number {
  // What stands in the way of calling a model is found before a run starts: the request asks for what is not here.
  return statusOf[error.code] ?? (error.code.startsWith('MODEL_') ? 422 : 500);
}

function envelope(code: ErrorCode, status: number, requestId: string) {
  const entry: CatalogEntry = catalog[code];
  return { type: `urn:telos:problem:${code}`, title: entry.title, status, code, instance: requestId };
}

/** `details.faults` of a workflow, or `details.problems` of inputs and requests. */
function locatedErrors({ details }: TelosError): LocatedError[] {
  const listed = details['faults'] ?? details['problems'];
  return Array.isArray(listed) ? listed.map((entry: Json) => located(entry)) : [];
}

/** Where in the request or the workflow: a problem of an input names it apart from the place within its value. */
function placeOf(input: Json | undefined, path: Json | undefined): string {
  const inside = typeof path === 'string' ? path : '';
  if (typeof input !== 'string') return inside;
  return `inputs.${input}${inside === '' || inside.startsWith('[') ? '' : '.'}${inside}`;
}

function located(entry: Json): LocatedError {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return { path: '', message: String(entry) };
  const fields = entry as { readonly [key: string]: Json }; // neither null nor a list, so an object
  const text = (name: string) => (typeof fields[name] === 'string' ? { [name]: fields[name] } : {});
  const place = (name: string) => (Number.isInteger(fields[name]) ? { [name]: fields[name] } : {});
  return {
    ...text('code'),
    ...(fields['file'] === '<source>' ? {} : text('file')),
    ...place('line'),
    ...place('column'),
    path: placeOf(fields['input'], fields['path']),
    message: typeof fields['message'] === 'string' ? fields['message'] : JSON.stringify(entry),
    ...text('hint'),
  };
}
