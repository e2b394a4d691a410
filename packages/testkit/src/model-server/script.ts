/**
 * What a scripted model says, and to which requests.
 *
 * A script is a list of rules. The first rule that matches a request and is not
 * used up answers it; when none does, the server's fallback answers. Nothing
 * here waits for time to pass: a reply that must be slow is held by a `Hold`
 * until the test lets it go.
 */

/** A chat or embedding request as the server understood it, whichever protocol it came by. */
export type ModelServerRequest = {
  readonly protocol: 'openai' | 'ollama';
  readonly method: string;
  /** Without the query: `/v1/chat/completions`, `/api/chat`. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** The parsed body; undefined for GET. */
  readonly body: unknown;
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly ScriptedMessage[];
  /** All message texts, joined by newlines. */
  readonly text: string;
  /** The JSON Schema the answer was asked to fit. */
  readonly schema?: unknown;
  /** Names of the tools that were offered. */
  readonly tools: readonly string[];
  /** Resolves to true when the client closed the connection before the answer was complete, to false when it was sent whole. */
  readonly cutByClient: Promise<boolean>;
};

export type ScriptedMessage = { readonly role: string; readonly text: string };

/** Stops a reply half-way until the test releases it. */
export type Hold = {
  /** Resolves when a reply stands at the hold. */
  readonly reached: Promise<void>;
  release(): void;
  /** For the server: waits there. */
  wait(): Promise<void>;
};

export type ScriptedToolCall = {
  readonly name: string;
  readonly input: unknown;
  /** Sent as it is in place of `input`, to script arguments that are no JSON. */
  readonly rawInput?: string;
};

/** Tokens to report, or `none` to report nothing. Default: one token for four characters. */
export type ScriptedUsage = { readonly input: number; readonly output: number; readonly cached?: number } | 'none';

export type Reply =
  | {
      /** What the model says; '' for an empty answer. */
      readonly text: string;
      /** What it thinks first: `reasoning_content` over OpenAI's protocol, or `reasoning` when `as` says so, `thinking` over Ollama. */
      readonly thought?: string | { readonly text: string; readonly as: 'reasoning' };
      readonly toolCalls?: readonly ScriptedToolCall[];
      /** `length` scripts an answer that was cut off, `content_filter` one that was withheld. */
      readonly finish?: 'stop' | 'length' | 'content_filter';
      readonly usage?: ScriptedUsage;
      /** Stands after the first piece of the text has been sent (before anything, when the text is empty). */
      readonly hold?: Hold;
      /** Stands before a byte of the answer, its status included, has been sent. */
      readonly holdBefore?: Hold;
      /** Breaks the connection: before the answer begins, or after its first piece. */
      readonly disconnect?: 'before' | 'midway';
      /** Ends a stream properly as HTTP, but without the protocol's last word. */
      readonly unfinished?: boolean;
    }
  /** The value, as JSON text. */
  | { readonly json: unknown; readonly usage?: ScriptedUsage; readonly hold?: Hold }
  | { readonly toolCalls: readonly ScriptedToolCall[]; readonly usage?: ScriptedUsage }
  /** OpenAI's structured refusal. Over Ollama, which knows none, it is plain text. */
  | { readonly refusal: string }
  | {
      readonly status: number;
      readonly message?: string;
      /** OpenAI's `error.code`, for example `insufficient_quota`. */
      readonly code?: string;
      /** OpenAI's `error.param`. */
      readonly param?: string;
      readonly headers?: { readonly [name: string]: string };
    }
  /** A 200 whose body is not the protocol: in a stream, one broken part among good ones. */
  | { readonly malformed: true };

export type Rule = {
  /** Every part given must match; absent: any request. */
  readonly when?: {
    readonly model?: string;
    /** Looked for in the texts of all messages. */
    readonly text?: string | RegExp;
    readonly protocol?: 'openai' | 'ollama';
    /** Whether a schema was asked for. */
    readonly schema?: boolean;
  };
  /** How many requests this rule answers; absent: any number. */
  readonly times?: number;
  readonly reply: Reply | ((request: ModelServerRequest) => Reply);
};

export function ruleMatches(rule: Rule, request: ModelServerRequest): boolean {
  const { model, text, protocol, schema } = rule.when ?? {};
  if (model !== undefined && request.model !== model) return false;
  if (protocol !== undefined && request.protocol !== protocol) return false;
  if (schema !== undefined && (request.schema !== undefined) !== schema) return false;
  if (typeof text === 'string') return request.text.includes(text);
  return text === undefined || text.test(request.text);
}

/** A reply given this hold stands still until `release`. Releasing early lets it pass without stopping. */
export function createHold(): Hold {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    release: () => released.resolve(),
    wait: () => {
      reached.resolve();
      return released.promise;
    },
  };
}
