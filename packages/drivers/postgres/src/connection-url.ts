/**
 * The URL that names the database, read once: where to connect, and how to behave there.
 *
 *   postgres://user:password@host:5432/database?schema=telos&connections=5&prepare=off&sslmode=verify-full
 *
 * Everything comes from the URL. The client library would fill gaps from the
 * environment and from files of the user's, and so send one server's password
 * to another.
 */
import { TelosError } from '@telos/core';
import type { ClientConfig } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { z } from 'zod';

export type ConnectionUrl = {
  readonly client: ClientConfig;
  /** Holds all tables of the store. */
  readonly schema: string;
  /** At most, of this process: one or two for commits, the others for everything else. */
  readonly connections: number;
  /** Whether statements are kept prepared on a connection; `auto`: unless a pooler stands in between. */
  readonly prepare: 'on' | 'off' | 'auto';
  /** For messages: without the password and the parameters. */
  readonly shown: string;
};

const Parameters = z.strictObject({
  schema: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'schema: expected small letters, digits and underscores')
    .refine((name) => !name.startsWith('pg_'), 'schema: names that begin with pg_ belong to PostgreSQL')
    .default('telos'),
  connections: z.coerce.number('connections: expected 2 to 100').int().min(2).max(100).default(5),
  prepare: z.enum(['on', 'off', 'auto'], 'prepare: expected on, off or auto').default('auto'),
  application_name: z.string().default('telos'),
  /** A folder with the server's socket, or a host for URLs that name none. */
  host: z.string().optional(),
  sslmode: z.string().optional(),
  sslrootcert: z.string().optional(),
  sslcert: z.string().optional(),
  sslkey: z.string().optional(),
  uselibpqcompat: z.string().optional(),
});

/** @throws TelosError CONFIG_INVALID, which never shows the password. */
export function readConnectionUrl(text: string): ConnectionUrl {
  const url = URL.parse(text);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    throw invalid('expected postgres://user:password@host:5432/database');
  }
  const parsed = Parameters.safeParse(Object.fromEntries(url.searchParams));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      issue?.code === 'unrecognized_keys'
        ? `the URL's parameter ${issue.keys.join(', ')} is not known`
        : (issue?.message ?? 'the URL is not valid'),
    );
  }
  const { schema, connections, prepare, application_name } = parsed.data;
  const { host, port, user, password, database, ssl } = clientOf(url);
  if (host === undefined || database === undefined || database === '') {
    throw invalid('the URL must name a host and a database');
  }
  const name = user || 'postgres';
  return {
    schema,
    connections,
    prepare,
    shown: `postgres://${name}@${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}/${database}`,
    client: {
      host,
      port: port ?? 5432,
      user: name,
      database,
      // A function, because an empty text would be taken for a gap.
      password: () => (typeof password === 'string' ? password : ''),
      ssl: ssl ?? false,
      application_name,
      keepAlive: true,
      // The connection for commits is kept however long it rests: what stands in between must not forget it.
      keepAliveInitialDelayMillis: 10_000,
    },
  };
}

function clientOf(url: URL): ClientConfig {
  const bare = new URL(url);
  for (const name of ['schema', 'connections', 'prepare', 'application_name']) bare.searchParams.delete(name);
  try {
    return parseIntoClientConfig(bare.href);
  } catch {
    // What is thrown would show the URL.
    throw invalid('the URL cannot be read; are the files that it names there, and is sslmode one of PostgreSQL?');
  }
}

function invalid(why: string): TelosError {
  return new TelosError('CONFIG_INVALID', `TELOS_DATABASE_URL: ${why}`);
}
