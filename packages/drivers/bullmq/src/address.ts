/**
 * Where a queue is, as TELOS_QUEUE_URL says it.
 *
 *   redis://[user:password@]host[:6379][/0]             one Redis; `rediss:` speaks TLS
 *   redis-sentinel://host[:26379],.../name[/0]          the master that these sentinels name; `rediss-sentinel:`
 *   redis-cluster://host[:6379],host,...                a cluster, known by some of its nodes; `rediss-cluster:`
 *   postgres://user:password@host[:5432]/database       PostgreSQL, reached directly: LISTEN passes through no pooler.
 *                                                       Its tables are in `telos_queue`, with ?schema=x in `x_queue`
 *
 * This file loads no client: settings are checked by it.
 */

export type Host = { readonly host: string; readonly port: number };

type Login = { readonly username?: string; readonly password?: string };

/** `prefix` stands before every key, so that installations can share a server. */
type Redis = Login & { readonly tls: boolean; readonly prefix: string };

export type RedisAddress =
  | (Redis & { readonly kind: 'redis'; readonly at: Host; readonly db: number })
  | (Redis & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Host[];
      readonly master: string;
      readonly db: number;
      readonly sentinelLogin: Login;
    })
  | (Redis & { readonly kind: 'cluster'; readonly nodes: readonly Host[] });

export type PostgresAddress = { readonly kind: 'postgres'; readonly url: string };

export type Address = RedisAddress | PostgresAddress;

/** An address, or in one clause what is wrong with it, which repeats no part that may hold a password. */
export type ReadAddress = { readonly address: Address } | { readonly problem: string };

const form = /^(?<scheme>[a-z-]+):\/\/(?:(?<login>.*)@)?(?<hosts>[^/?#@]*)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/;

export const addressForms =
  'redis://host:6379, redis-sentinel://host:26379,host:26379/master, redis-cluster://host:7000,host:7001 or postgres://host/database';

export function readAddress(text: string): ReadAddress {
  try {
    return { address: parse(text) };
  } catch (error) {
    if (error instanceof Malformed) return { problem: error.message };
    throw error;
  }
}

/** For people: where, without who and how. */
export function showAddress(address: Address): string {
  if (address.kind === 'postgres') {
    const { host, pathname } = new URL(address.url);
    return `postgres://${host}${pathname}`;
  }
  const scheme = address.tls ? 'rediss' : 'redis';
  switch (address.kind) {
    case 'redis':
      return `${scheme}://${show(address.at)}/${address.db}`;
    case 'sentinel':
      return `${scheme}-sentinel://${address.sentinels.map(show).join(',')}/${address.master}`;
    case 'cluster':
      return `${scheme}-cluster://${address.nodes.map(show).join(',')}`;
  }
}

class Malformed extends Error {}

function parse(text: string): Address {
  if (/^postgres(?:ql)?:/.test(text)) return postgres(text);
  const { scheme = '', login, hosts = '', path = '', query = '' } = form.exec(text)?.groups ?? {};
  const kind = /^rediss?(?:-(?<kind>sentinel|cluster))?$/.exec(scheme);
  if (kind === null) throw new Malformed(`expected local:, ${addressForms}`);
  const tls = scheme.startsWith('rediss');
  const options = optionsOf(query, kind.groups?.['kind'] === 'sentinel');
  const redis: Redis = { ...loginOf(login), tls, prefix: options.get('prefix') ?? 'telos' };
  const words = path
    .split('/')
    .slice(1)
    .filter((word) => word !== '');
  switch (kind.groups?.['kind']) {
    case 'sentinel': {
      const [master, db, ...rest] = words;
      if (master === undefined || rest.length > 0)
        throw new Malformed(
          'expected the name of the master behind the sentinels, as in redis-sentinel://host:26379/mymaster',
        );
      const sentinelLogin = some({
        username: options.get('sentinel_user'),
        password: options.get('sentinel_password'),
      });
      return {
        ...redis,
        kind: 'sentinel',
        sentinels: hostsOf(hosts, 26_379),
        master: decode(master),
        db: dbOf(db),
        sentinelLogin,
      };
    }
    case 'cluster':
      if (words.length > 0) throw new Malformed('a cluster has no numbered databases: nothing stands behind its hosts');
      return { ...redis, kind: 'cluster', nodes: hostsOf(hosts, 6379) };
    default: {
      const [at, ...others] = hostsOf(hosts, 6379);
      if (at === undefined || others.length > 0)
        throw new Malformed('expected one host; several are written redis-cluster: or redis-sentinel:');
      if (words.length > 1) throw new Malformed('expected at most the number of a database behind the host');
      return { ...redis, kind: 'redis', at, db: dbOf(words[0]) };
    }
  }
}

function postgres(text: string): PostgresAddress {
  if (!URL.canParse(text)) throw new Malformed('expected postgres://user:password@host:5432/database');
  // It becomes part of statements.
  const schema = new URL(text).searchParams.get('schema') ?? 'telos';
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new Malformed('schema: expected small letters, digits and underscores');
  return { kind: 'postgres', url: text };
}

function hostsOf(text: string, usual: number): readonly Host[] {
  return text.split(',').map((entry) => {
    const match = /^(?<host>\[[0-9a-fA-F:.]+\]|[^\s:[\]]+)(?::(?<port>\d{1,5}))?$/.exec(entry.trim());
    const { host, port } = match?.groups ?? {};
    if (host === undefined || Number(port ?? usual) > 65_535)
      throw new Malformed('expected hosts like 10.0.0.1:6379, separated by commas');
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? usual) };
  });
}

function loginOf(text: string | undefined): Login {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return some({ username: decode(username), password: decode(password) });
}

function optionsOf(query: string, isSentinel: boolean): URLSearchParams {
  const known = ['prefix', ...(isSentinel ? ['sentinel_user', 'sentinel_password'] : [])];
  const options = new URLSearchParams(query);
  for (const name of options.keys())
    if (!known.includes(name)) throw new Malformed(`expected behind the question mark only ${known.join(', ')}`);
  if (!/^[\w.-]{1,40}$/.test(options.get('prefix') ?? 'telos'))
    throw new Malformed('prefix: expected 1 to 40 letters, digits, dots, dashes');
  return options;
}

function dbOf(text: string | undefined): number {
  if (!/^\d{1,4}$/.test(text ?? '0')) throw new Malformed('expected the number of a database behind the slash');
  return Number(text ?? '0');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Malformed(
      'user and password are written with percent signs, and one of these has no two digits behind it',
    );
  }
}

/** The fields that say something. */
function some(login: {
  readonly username: string | null | undefined;
  readonly password: string | null | undefined;
}): Login {
  const { username, password } = login;
  return {
    ...(username === '' || username === undefined || username === null ? {} : { username }),
    ...(password === '' || password === undefined || password === null ? {} : { password }),
  };
}

function show({ host, port }: Host): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
