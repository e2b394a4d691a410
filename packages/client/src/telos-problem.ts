import type { Problem } from '@telos/contract';

/** What the server refused, or failed at, as its problem document says it; or that no server answered. */
export class TelosProblem extends Error {
  override readonly name = 'TelosProblem';
  readonly problem: Problem;
  /** Stable; explained in docs/errors.md: `RUN_NOT_FOUND`. */
  readonly code: string;
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  /** How long to wait before the same request may pass; absent where the server does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, retryAfterMs?: number, options?: ErrorOptions) {
    super(problem.next === undefined ? problem.detail : `${problem.detail} ${problem.next}`, options);
    this.problem = problem;
    this.code = problem.code;
    this.status = problem.status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The problem that an answer of 400 and above is. What came from something in between is told as well as it can be. */
export async function problemIn(answer: Response): Promise<TelosProblem> {
  const retryAfter = answer.headers.get('retry-after');
  const retryAfterMs = retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
  const text = await answer.text();
  return new TelosProblem(read(text) ?? unknownProblem(answer, text), retryAfterMs);
}

const unreachable = 'SERVER_UNREACHABLE';

/** Nobody answered there, or somebody who is no Telos server. `cause` is what `fetch`, or reading the answer, threw. */
export function serverUnreachable(url: string, cause: unknown): TelosProblem {
  const problem: Problem = {
    type: `urn:telos:problem:${unreachable}`,
    title: 'No Telos server answers at this address',
    status: 0,
    code: unreachable,
    detail: `No Telos server answers at ${url} (${reasonOf(cause)}).`,
    next: 'Start it with `telos serve`, which says where it listens, or correct the address.',
  };
  return new TelosProblem(problem, undefined, { cause });
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof TelosProblem && error.code === unreachable;
}

/** `fetch` says why in the error behind its own: `ECONNREFUSED`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}

function read(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isProblem = typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
    return isProblem ? (value as Problem) : undefined; // the two fields that every problem of the API has, and nothing else does
  } catch {
    return undefined;
  }
}

function unknownProblem({ status, statusText }: Response, text: string): Problem {
  return {
    type: 'about:blank',
    title: statusText,
    status,
    code: `HTTP_${status}`,
    detail: text.slice(0, 500) || `The server answered ${status} ${statusText}.`,
  };
}
