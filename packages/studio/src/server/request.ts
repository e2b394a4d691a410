/**
 * Requests to the server that this page came from.
 *
 * Answers are trusted to be what the contract says: the page and the server are
 * built together, and the server's own tests hold every answer to the contract.
 */
import type { Problem } from '@telos/contract';
import { apiKey, keyWanted } from './api-key.ts';

/** A request that got no answer, or an answer of 400 and above. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  /** Absent when nothing answered. */
  readonly problem: Problem | undefined;

  constructor(message: string, problem?: Problem) {
    super(message);
    this.problem = problem;
  }

  /** What went wrong and, where the server says so, what to do about it. */
  get advice(): string {
    return [this.message, this.problem?.next ?? ''].join(' ').trim();
  }

  /** Asking again may help: nothing answered, or the server is out of breath. */
  get passing(): boolean {
    return this.problem === undefined || this.problem.status === 429 || this.problem.status >= 500;
  }
}

export type RequestOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
  readonly signal?: AbortSignal;
};

/** @throws RequestFailure; the AbortError of its signal. */
export async function request<T>(address: string, options: RequestOptions = {}): Promise<T> {
  const answer = await ask(address, options);
  const body: unknown = await answer.json().catch(() => undefined);
  return body as T; // see above: the server answers as the contract says
}

/** The answer itself, for what is not JSON. */
export async function ask(address: string, options: RequestOptions = {}): Promise<Response> {
  const key = apiKey.peek();
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: options.method ?? 'GET',
      headers: {
        accept: 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new RequestFailure('The server does not answer.');
  }
  if (answer.ok) return answer;
  if (answer.status === 401) keyWanted.value = true;
  const body: unknown = await answer.json().catch(() => undefined);
  throw new RequestFailure(...refusal(answer.status, body));
}

function refusal(status: number, body: unknown): [string, Problem?] {
  if (typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string') {
    return [body.detail, body as Problem]; // what carries a `detail` at 400 and above is a problem document
  }
  // Something that stands between the page and the server answered, so it is not the server's word.
  return [`The server answered ${status} without saying why.`];
}
