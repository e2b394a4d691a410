/** Values that survive a round trip through JSON; the only kind of value that flows between steps. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** A JSON Schema (draft 2020-12) document, as authors write it for inputs and structured outputs. */
export type JsonSchema = JsonObject;
