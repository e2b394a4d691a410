/** What is sent over HTTP and what comes back. */
export type HttpRequest = {
  readonly url: string;
  /** Upper case; default GET. */
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Whether a redirect to another host is refused; default followed. */
  readonly keepsHost?: boolean;
  /** Bound of the unpacked body; default 10 MiB. */
  readonly maxBytes?: number;
  /** From the first look-up to the last byte, redirects included; default 30,000. */
  readonly timeoutMs?: number;
};

export type HttpResponse = {
  /** The last URL of the redirects, without credentials. */
  readonly url: string;
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: { readonly [name: string]: string };
  /** Unpacked. */
  readonly body: Uint8Array;
  readonly redirects: number;
};
