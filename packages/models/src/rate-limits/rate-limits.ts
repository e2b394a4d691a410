/** What a minute allows: of requests, of input and output tokens together. Greater than 0; absent: any number. */
export type RateLimitSpec = { readonly requestsPerMinute?: number; readonly tokensPerMinute?: number };

/** By model (`openai/gpt-5.2`), or by provider (`openai`) for all of its models together. */
export type RateLimits = { readonly [name: string]: RateLimitSpec };
