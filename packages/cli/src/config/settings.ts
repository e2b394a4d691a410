/** The settings by name, as they stand in the environment and in telos.yaml, and what each may hold. */
import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { readApiKeyEntry, roleFault } from '@telos/contract';
import { readAddress } from '@telos/driver-bullmq/address';
import type { Address } from '@telos/driver-bullmq/address';
import type { RetentionPolicy } from '@telos/executor';
import { isHostPattern, nearest } from '@telos/language/text';
import { z } from 'zod';
import type { Environment } from '../terminal.ts';
import { logFormats, logLevels } from '../log/log.ts';
import { readRetention } from './retention.ts';

const httpUrl = z.string().refine(isHttpUrl, { error: 'expected an address like http://127.0.0.1:8080' });

/** No client would send them, and each would name them in its errors. */
const withoutCredentials = {
  error: 'an address holds no user name and no password here; put a proxy that adds them in between',
};
const openUrl = httpUrl.refine((text) => !hasCredentials(text), withoutCredentials);

/** Ollama's own programs also take `127.0.0.1:11434` without the scheme. */
const hostOrUrl = z.string().refine((text) => isHttpUrl(text) || isHttpUrl(`http://${text}`), {
  error: 'expected a host like 127.0.0.1:11434 or http://127.0.0.1:11434',
});
const openHost = hostOrUrl.refine(
  (text) => !hasCredentials(text) && !hasCredentials(`http://${text}`),
  withoutCredentials,
);

type DatabaseUrl =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** What may follow in a URL of PostgreSQL is the driver's to read. */
const databaseUrl = z.string().transform((text, context): DatabaseUrl => {
  if (text.startsWith('sqlite:') && text.length > 'sqlite:'.length)
    return { kind: 'sqlite', path: text.slice('sqlite:'.length) };
  const isPostgres = /^postgres(?:ql)?:\/\//.test(text);
  if (isPostgres && URL.canParse(text)) return { kind: 'postgres', url: text };
  const message = isPostgres
    ? 'expected postgres://user:password@host:5432/database; letters like @ : / # % in a password are written %40, %3A, %2F, %23, %25'
    : 'expected sqlite:<path> or postgres://user:password@host/database';
  context.issues.push({ code: 'custom', message, input: '' });
  return z.NEVER;
});

type QueueUrl = { readonly kind: 'local' } | { readonly kind: 'shared'; readonly address: Address };

const queueUrl = z.string().transform((text, context): QueueUrl => {
  if (text === 'local:') return { kind: 'local' };
  const read = readAddress(text);
  if ('address' in read) return { kind: 'shared', address: read.address };
  context.issues.push({ code: 'custom', message: read.problem, input: '' });
  return z.NEVER;
});

/** The list as it is written, once each key has been found usable. The API package reads it. */
const apiKeys = z.string().superRefine((text, context) => {
  for (const [index, part] of text.split(',').entries()) {
    const { key, roles } = readApiKeyEntry(part.trim());
    const place = `key ${index + 1}`;
    const fault = roleFault(roles, nearest);
    if (fault !== undefined) context.addIssue(`${place}: ${fault}`);
    if (/^sha256:[0-9a-f]{64}$/.test(key)) continue;
    if (key.startsWith('sha256:'))
      context.addIssue(`${place}: after sha256: stand 64 hexadecimal digits in lower case`);
    else if (!/^[\x21-\x7e]*$/.test(key)) context.addIssue(`${place} holds a space or a letter outside ASCII`);
    else if (key.length < 16) context.addIssue(`${place} has ${key.length} characters; at least 16 are safe`);
  }
});

const hosts = z.string().transform((text, context): readonly string[] => {
  const entries = text.split(',').map((entry) => entry.trim());
  for (const entry of entries) {
    if (/[\s/@]/.test(entry) || !isHttpUrl(`http://${entry}`)) {
      context.addIssue(
        `expected hosts like 127.0.0.1:8080, separated by commas, found ${entry.includes('@') ? 'one with an @' : `"${entry}"`}`,
      );
    }
  }
  return entries;
});

const folders = z.string().transform((text, context): readonly string[] => {
  if (text === 'none') return [];
  const entries = text.split(',').map((entry) => entry.trim());
  for (const entry of entries) {
    const parts = entry.split(/[\\/]/);
    if (isAbsolute(entry) || parts.includes('..') || !parts.some((part) => part !== '' && part !== '.'))
      context.addIssue(`expected folders below this one, like out or reports/weekly, or none, found "${entry}"`);
  }
  return entries;
});

const origins = z.string().transform((text, context): readonly string[] => {
  const entries = text.split(',').map((entry) => entry.trim());
  for (const entry of entries) {
    // What a browser sends has neither a path nor the port of its scheme.
    if (URL.parse(entry)?.origin !== entry || !isHttpUrl(entry))
      context.addIssue(
        `expected origins like https://app.example or http://127.0.0.1:5173, found "${withoutUser(entry)}"`,
      );
  }
  return entries;
});

/** Addresses and networks as proxy-addr reads them. */
const proxies = z.string().transform((text, context): readonly string[] => {
  const entries = text.split(',').map((entry) => entry.trim());
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
    const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
    if (entry !== 'loopback' && (most < 0 || !isNetwork || rest.length > 0))
      context.addIssue(`expected loopback, or addresses and networks like 10.0.0.7 or 10.0.0.0/8, found "${entry}"`);
  }
  return entries;
});

const privateHosts = z.string().transform((text, context): readonly string[] => {
  if (text === 'none') return [];
  const entries = text.split(',').map((entry) => entry.trim().toLowerCase());
  for (const entry of entries)
    if (!isHostPattern(entry))
      context.addIssue(`expected hosts like api.example.org or *.example.org, models, or none, found "${entry}"`);
  return entries;
});

const retention = z.string().transform((text, context): RetentionPolicy => {
  const read = readRetention(text);
  if (!('problem' in read)) return read;
  context.issues.push({ code: 'custom', message: read.problem, input: '' });
  return z.NEVER;
});

/** `name=value,name=value`, values with percent signs as OpenTelemetry has them. A problem shows names alone: values are keys. */
const otlpHeaders = z.string().transform((text, context): { readonly [name: string]: string } => {
  const headers: { [name: string]: string } = {};
  for (const [index, pair] of text.split(',').entries()) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    const value = decoded(pair.slice(at + 1).trim());
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name))
      context.addIssue(`header ${index + 1}: expected name=value, separated by commas`);
    else if (value === undefined || !/^[\x20-\x7e]*$/.test(value))
      context.addIssue(`the value of ${name} is no header value`);
    else headers[name.toLowerCase()] = value;
  }
  return headers;
});

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export const Settings = z.object({
  TELOS_HOME: z.string().default('.telos'),
  TELOS_DATABASE_URL: databaseUrl.optional(),
  TELOS_QUEUE_URL: queueUrl.default({ kind: 'local' }),
  TELOS_DURABILITY: z.enum(['full', 'normal'], { error: 'expected full or normal' }).default('full'),
  /** Keys, or `sha256:` and the digest of one, separated by commas. */
  TELOS_API_KEYS: apiKeys.optional(),
  /** Requests a minute of each API key, or of each address where there are none. */
  TELOS_API_RATE: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'expected a number of requests a minute, like 600')
    .transform(Number)
    .optional(),
  /** Origins whose pages may call the API. */
  TELOS_CORS_ORIGINS: origins.default([]),
  /** Proxies whose `X-Forwarded-For` is believed. */
  TELOS_TRUSTED_PROXIES: proxies.default([]),
  /** Folders that workflows may write to. */
  TELOS_WRITABLE: folders.default(['out']),
  /** Private and loopback hosts that workflows may call; all others of that kind are refused. */
  TELOS_ALLOWED_HOSTS: hosts.default([]),
  /** Hosts that may have private data, and `models` for those of the model providers that are configured. */
  TELOS_PRIVATE_HOSTS: privateHosts.default(['models']),
  /** How `telos serve` and `telos worker` write what they tell on standard error, and from which level on. */
  TELOS_LOG_FORMAT: z.enum(logFormats, { error: 'expected text or json' }).default('text'),
  TELOS_LOG_LEVEL: z.enum(logLevels, { error: `expected ${logLevels.join(', ')}` }).default('warn'),
  /** How long runs that have ended are kept; absent: for ever. */
  TELOS_RETENTION: retention.default([]),
  TELOS_SEARCH_URL: httpUrl.optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: openUrl.optional(),
  OLLAMA_HOST: openHost.optional(),
  BRAVE_API_KEY: z.string().optional(),
  TAVILY_API_KEY: z.string().optional(),
  /** Of a collector of traces, without `/v1/traces`. */
  OTEL_EXPORTER_OTLP_ENDPOINT: openUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders.default({}),
  OTEL_SERVICE_NAME: z.string().max(255).default('telos'),
});
export type Settings = z.output<typeof Settings>;

export const settingNames: readonly (keyof Settings)[] = Settings.keyof().options;

/** Secrets that a workflow may name are set under this prefix: TELOS_SECRET_CRM_TOKEN for `secrets.CRM_TOKEN`. */
export const secretPrefix = 'TELOS_SECRET_';

const ourPrefix = 'TELOS_';
const otherNames = ['TELOS_DEBUG'];
const otherPrefixes = [secretPrefix, 'TELOS_TEST_', 'TELOS_BENCH_'];
/** What Kubernetes sets in every container beside a service called `telos`, or `telos-...`. */
const serviceLink = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_\w+)$/;

/**
 * Variables of ours that nobody reads but that look like one that is read: set in vain by a slip of the hand.
 * They are compared behind the prefix, which would make any two short names look alike.
 */
export function misspeltSettings(environment: Environment): readonly string[] {
  return unknownNames(environment).flatMap((name) => {
    const near = nearOurs(name);
    return near === undefined ? [] : [`${name}: there is no such setting; did you mean ${near}?`];
  });
}

/** Variables that look like settings of ours, and nobody reads. */
export function unreadSettings(environment: Environment): readonly string[] {
  return unknownNames(environment).filter(
    (name) => nearOurs(name) === undefined && !serviceLink.test(name) && !/^(?:tcp|udp):/.test(environment[name] ?? ''),
  );
}

function unknownNames(environment: Environment): readonly string[] {
  const known: readonly string[] = [...settingNames, ...otherNames];
  return Object.keys(environment).filter(
    (name) =>
      name.startsWith(ourPrefix) && !known.includes(name) && !otherPrefixes.some((prefix) => name.startsWith(prefix)),
  );
}

function nearOurs(name: string): string | undefined {
  const ours = [...settingNames, ...otherNames].filter((known) => known.startsWith(ourPrefix));
  const near = nearest(
    name.slice(ourPrefix.length),
    ours.map((known) => known.slice(ourPrefix.length)),
  );
  return near === undefined ? undefined : `${ourPrefix}${near}`;
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
}

function withoutUser(text: string): string {
  return text.includes('@') ? '...' : text;
}

function hasCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== '' || url.password !== '');
}
