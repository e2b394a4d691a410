import { isAbsolute, join, resolve } from 'node:path';
import { TelosError } from '@telos/core';
import type { Environment } from '../terminal.ts';
import { Settings, misspeltSettings, settingNames } from './settings.ts';
import { readSettingsFile } from './settings-file.ts';
import type { SettingsFile } from './settings-file.ts';
import type { Config } from './config.ts';

/**
 * Reads the environment and `telos.yaml` in `folder`, when there is one. The environment wins.
 *
 * @throws TelosError CONFIG_INVALID with every problem in `details.problems`.
 */
export async function loadConfig(environment: Environment, folder: string): Promise<Config> {
  const file = await readSettingsFile(folder, async () => {
    const { composeCatalogue } = await import('../compose/catalogue.ts');
    return composeCatalogue(configOf(Settings.parse({}), folder), folder).catalog;
  });
  const problems: string[] = [...file.problems, ...misspeltSettings(environment)];
  const given = Object.fromEntries(
    settingNames
      .map((name) => [name, set(environment[name]) ?? file.settings[name]?.text])
      .filter(([, value]) => value !== undefined),
  );
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const [name] = path.map(String);
      const written = settingNames.find((known) => known === name && set(environment[known]) === undefined);
      const at = written === undefined ? undefined : file.settings[written]?.at;
      problems.push(`${at === undefined ? '' : `${at}: `}${path.join('.')}: ${message}`);
    }
  }
  if (!parsed.success || problems.length > 0) {
    const [first = ''] = problems;
    const message = problems.length === 1 ? first : `${problems.length} settings are not valid.`;
    throw new TelosError('CONFIG_INVALID', message, problems.length === 1 ? {} : { details: { problems } });
  }
  return configOf(parsed.data, folder, file);
}

function configOf(
  settings: Settings,
  folder: string,
  { shared, rateLimits }: Pick<SettingsFile, 'shared' | 'rateLimits'> = {},
): Config {
  const home = resolve(folder, settings.TELOS_HOME);
  const config: Config = {
    home,
    database: databaseOf(settings.TELOS_DATABASE_URL ?? { kind: 'sqlite', path: join(home, 'telos.db') }, folder),
    queue: settings.TELOS_QUEUE_URL,
    writable: settings.TELOS_WRITABLE,
    allowedHosts: settings.TELOS_ALLOWED_HOSTS,
    privateHosts: settings.TELOS_PRIVATE_HOSTS,
    corsOrigins: settings.TELOS_CORS_ORIGINS,
    trustedProxies: settings.TELOS_TRUSTED_PROXIES,
    ...(settings.TELOS_API_RATE === undefined ? {} : { apiRate: settings.TELOS_API_RATE }),
    durability: settings.TELOS_DURABILITY,
    log: { format: settings.TELOS_LOG_FORMAT, level: settings.TELOS_LOG_LEVEL },
    retention: settings.TELOS_RETENTION,
    openai: defined({ apiKey: settings.OPENAI_API_KEY, baseUrl: settings.OPENAI_BASE_URL }),
    ollama: defined({ host: settings.OLLAMA_HOST }),
    search: defined({
      searxngUrl: settings.TELOS_SEARCH_URL,
      braveKey: settings.BRAVE_API_KEY,
      tavilyKey: settings.TAVILY_API_KEY,
    }),
    ...(shared === undefined ? {} : { shared }),
    ...(rateLimits === undefined ? {} : { rateLimits }),
    ...defined({ apiKeys: settings.TELOS_API_KEYS }),
    ...otlpOf(settings),
  };
  return Object.freeze(config);
}

function otlpOf(settings: Settings): Pick<Config, 'otlp'> {
  const url = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (url === undefined) return {};
  return { otlp: { url, headers: settings.OTEL_EXPORTER_OTLP_HEADERS, serviceName: settings.OTEL_SERVICE_NAME } };
}

function databaseOf(database: Config['database'], folder: string): Config['database'] {
  if (database.kind === 'postgres') return database;
  const { path } = database;
  return { kind: 'sqlite', path: path === ':memory:' || isAbsolute(path) ? path : resolve(folder, path) };
}

/** A variable that is set to nothing is not set. */
function set(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
function defined<T extends Record<string, string | undefined>>(fields: T): Defined<T> {
  // Safe: only undefined values were left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
