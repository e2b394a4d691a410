/** What a connection to an MCP server says, and who is met by it. */
import { canonicalJson, isJsonObject, matchesGlob, TelosError } from '@telos/core';
import type { Effect, Json } from '@telos/core';
import { z } from 'zod';

/** The compiler has looked at its form, and turned durations and sizes into numbers. */
const written = z.object({
  url: z.string().exactOptional(),
  auth: z
    .union([z.string(), z.object({ bearer: z.string() }), z.object({ username: z.string(), password: z.string() })])
    .exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  command: z.string().exactOptional(),
  args: z.array(z.string()).exactOptional(),
  env: z.record(z.string(), z.string()).exactOptional(),
  effects: z.record(z.string(), z.enum(['read', 'write', 'irreversible'])).exactOptional(),
  timeout: z.number().exactOptional(),
  max_size: z.number().exactOptional(),
});

export type ServerAddress =
  | { readonly url: string; readonly headers: { readonly [name: string]: string } }
  | { readonly command: string; readonly args: readonly string[]; readonly env: { readonly [name: string]: string } };

export type ServerSettings = {
  readonly address: ServerAddress;
  readonly timeoutMs: number;
  /** Of one answer. */
  readonly maxBytes: number;
};

/** Who is met, as the connection is written: what pins are found by. */
export type MetAt = { readonly url: string } | { readonly command: string; readonly args?: Json; readonly env?: Json };

const defaultTimeoutMs = 60_000;
const defaultMaxBytes = 4 * 1024 * 1024;

/** @throws TelosError MCP_CONNECTION_INVALID */
export function readServerSettings(connection: string, rendered: Json): ServerSettings {
  const parsed = written.safeParse(rendered);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(connection, `\`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? 'it has another form'}`);
  }
  const { url, auth, headers = {}, command, args = [], env = {}, timeout, max_size: maxSize } = parsed.data;
  const bounds = { timeoutMs: timeout ?? defaultTimeoutMs, maxBytes: maxSize ?? defaultMaxBytes };
  if (url !== undefined && command === undefined) {
    const authorization = auth === undefined ? {} : { authorization: authorizationOf(auth) };
    return { address: { url, headers: { ...headers, ...authorization } }, ...bounds };
  }
  if (command !== undefined && url === undefined) return { address: { command, args, env }, ...bounds };
  throw invalid(connection, 'exactly one of `url` and `command` is needed');
}

/** @param settings As it is written, secrets unresolved. */
export function metAt(settings: Json): MetAt {
  const { url, command, args, env } = isJsonObject(settings) ? settings : {};
  if (typeof url === 'string') return { url };
  return {
    command: typeof command === 'string' ? command : '',
    ...(args === undefined ? {} : { args }),
    ...(env === undefined ? {} : { env }),
  };
}

export function isMetAtSame(left: MetAt, right: MetAt): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

/** Who is met, in one line. */
export function metAtText(at: MetAt): string {
  if ('url' in at) return at.url;
  const args = Array.isArray(at.args) ? at.args.map(String) : [];
  return [at.command, ...args].join(' ');
}

/** Effects that the connection states, by globs on names of tools; the first that fits counts. */
export function statedEffect(settings: Json, tool: string): Effect | undefined {
  const { effects } = isJsonObject(settings) ? settings : {};
  const parsed = written.shape.effects.safeParse(effects);
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data ?? {}).find(([glob]) => matchesGlob(glob, tool))?.[1];
}

function authorizationOf(auth: string | { bearer: string } | { username: string; password: string }): string {
  // A token alone is the usual thing; with a scheme before it, it is taken as it is.
  if (typeof auth === 'string') return /^[A-Za-z]+ \S/.test(auth) ? auth : `Bearer ${auth}`;
  if ('bearer' in auth) return `Bearer ${auth.bearer}`;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}

function invalid(connection: string, why: string): TelosError {
  return new TelosError('MCP_CONNECTION_INVALID', `The connection \`${connection}\` is no MCP server: ${why}.`);
}
