/** An HTTP answer that is no success, with what matters of it. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly status: number;
  readonly headers: Headers;
  /** The provider's own code and parameter, where it names them. */
  readonly code: string | undefined;
  readonly param: string | undefined;

  constructor(status: number, headers: Headers, message: string, code?: string, param?: string) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.code = code;
    this.param = param;
  }
}

/** Characters of an error page that are kept. */
const messageLimit = 500;
/** Bytes of one that are read: what a provider says is in its first few, and a page need not end. */
const pageLimit = 64 * 1024;

/** Gives the response when it is a success. @throws HttpFailure with the provider's message, read from `error` or the text. */
export async function orHttpFailure(response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await startOf(response);
  const error = errorField(text);
  const message = typeof error === 'string' ? error : (stringField(error, 'message') ?? text);
  throw new HttpFailure(
    response.status,
    response.headers,
    message.slice(0, messageLimit),
    stringField(error, 'code')?.slice(0, messageLimit),
    stringField(error, 'param')?.slice(0, messageLimit),
  );
}

/** A `fetch` for clients that read error pages whole: of those it gives the start. */
export const fetchWithShortErrors: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  return response.ok ? response : new Response(await startOf(response), response);
};

/** The start of a body as text; the rest is not asked for. What broke off in between is as it is. */
async function startOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    let left = pageLimit;
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk.subarray(0, left), { stream: true });
      left -= chunk.byteLength;
      if (left <= 0) break;
    }
  } catch {
    // The status has been said already.
  }
  return text;
}

function errorField(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  } catch {
    return undefined;
  }
}

function stringField(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : undefined;
}
