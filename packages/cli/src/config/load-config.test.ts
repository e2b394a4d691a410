import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-config-'));
});

describe('the configuration', () => {
  it('is complete without any setting', async () => {
    expect(await loadConfig({}, folder)).toEqual({
      home: join(folder, '.telos'),
      database: { kind: 'sqlite', path: join(folder, '.telos/telos.db') },
      queue: { kind: 'local' },
      writable: ['out'],
      allowedHosts: [],
      privateHosts: ['models'],
      corsOrigins: [],
      trustedProxies: [],
      durability: 'full',
      log: { format: 'text', level: 'warn' },
      retention: [],
      openai: {},
      ollama: {},
      search: {},
    });
  });

  it('takes every setting from the environment', async () => {
    const config = await loadConfig(
      {
        TELOS_HOME: '/var/lib/telos',
        TELOS_DATABASE_URL: 'sqlite:runs.db',
        TELOS_QUEUE_URL: 'local:',
        TELOS_LOG_FORMAT: 'json',
        TELOS_LOG_LEVEL: 'info',
        TELOS_WRITABLE: 'out, reports/weekly',
        TELOS_ALLOWED_HOSTS: '127.0.0.1:8080, intranet.example',
        TELOS_PRIVATE_HOSTS: 'models, *.Ours.example, api.example:8443',
        TELOS_DURABILITY: 'normal',
        TELOS_CORS_ORIGINS: 'https://app.example, http://127.0.0.1:5173',
        TELOS_TRUSTED_PROXIES: '10.0.0.7',
        TELOS_API_RATE: '600',
        TELOS_RETENTION: 'succeeded=7d, failed=90d',
        TELOS_API_KEYS: '0123456789abcdef, fedcba9876543210',
        OPENAI_API_KEY: 'sk-1',
        OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
        OLLAMA_HOST: '127.0.0.1:11434',
        TELOS_SEARCH_URL: 'https://search.example',
        BRAVE_API_KEY: 'b',
        TAVILY_API_KEY: 't',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
        OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic YTpi, x-team=a%20b',
      },
      folder,
    );
    expect(config).toEqual({
      home: '/var/lib/telos',
      database: { kind: 'sqlite', path: join(folder, 'runs.db') },
      queue: { kind: 'local' },
      writable: ['out', 'reports/weekly'],
      allowedHosts: ['127.0.0.1:8080', 'intranet.example'],
      privateHosts: ['models', '*.ours.example', 'api.example:8443'],
      trustedProxies: ['10.0.0.7'],
      corsOrigins: ['https://app.example', 'http://127.0.0.1:5173'],
      apiRate: 600,
      durability: 'normal',
      log: { format: 'json', level: 'info' },
      retention: [
        { status: 'succeeded', keepMs: 7 * 86_400_000 },
        { status: 'failed', keepMs: 90 * 86_400_000 },
      ],
      apiKeys: '0123456789abcdef, fedcba9876543210',
      openai: { apiKey: 'sk-1', baseUrl: 'http://127.0.0.1:9/v1' },
      ollama: { host: '127.0.0.1:11434' },
      search: { searxngUrl: 'https://search.example', braveKey: 'b', tavilyKey: 't' },
      otlp: {
        url: 'http://127.0.0.1:4318',
        headers: { authorization: 'Basic YTpi', 'x-team': 'a b' },
        serviceName: 'telos',
      },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes hosts that may have private data, or that none may', async () => {
    expect(await loadConfig({ TELOS_PRIVATE_HOSTS: 'none' }, folder)).toMatchObject({ privateHosts: [] });
    await expect(loadConfig({ TELOS_PRIVATE_HOSTS: 'https://api.example' }, folder)).rejects.toThrow(
      'TELOS_PRIVATE_HOSTS: expected hosts like api.example.org',
    );
  });

  it('takes keys that say whom they were given to, and holds what follows to the same', async () => {
    const keys = 'anna:editor+legal=0123456789abcdef,ci=sha256:' + 'a'.repeat(64);
    expect((await loadConfig({ TELOS_API_KEYS: keys }, folder)).apiKeys).toBe(keys);
    await expect(loadConfig({ TELOS_API_KEYS: 'ci:runner+bots=sha256:0123456789abcdef' }, folder)).rejects.toThrow(
      'key 1: after sha256: stand 64 hexadecimal digits in lower case',
    );
  });

  it('takes no key whose roles do not say what it may do, and names the role that is meant', async () => {
    await expect(loadConfig({ TELOS_API_KEYS: 'anna:edtior=0123456789abcdef' }, folder)).rejects.toThrow(
      'TELOS_API_KEYS: key 1: the role edtior says nothing of what it may do; did you mean editor?',
    );
  });

  it('takes proxies as addresses and networks', async () => {
    const given = { TELOS_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,2001:db8::1' };
    expect((await loadConfig(given, folder)).trustedProxies).toEqual(['loopback', '10.0.0.0/8', '2001:db8::1']);
    for (const wrong of ['proxy.example', '10.0.0.0/33', 'true', '10.0.0.1/8/8'])
      await expect(loadConfig({ TELOS_TRUSTED_PROXIES: wrong }, folder)).rejects.toThrow(
        'expected loopback, or addresses',
      );
  });

  it('takes a queue in Redis', async () => {
    const { queue } = await loadConfig({ TELOS_QUEUE_URL: 'redis://:secret@cache:6380/1' }, folder);
    expect(queue).toEqual({
      kind: 'shared',
      address: {
        kind: 'redis',
        at: { host: 'cache', port: 6380 },
        db: 1,
        password: 'secret',
        tls: false,
        prefix: 'telos',
      },
    });
  });

  it('takes a database of PostgreSQL as it is written', async () => {
    const url = 'postgres://u:p%40ss@db.example:5433/runs?schema=telos_two';
    const config = await loadConfig({ TELOS_DATABASE_URL: url }, folder);
    expect(config.database).toEqual({ kind: 'postgres', url });
  });

  it('reports every problem at once, each by the name of its setting', async () => {
    const environment = {
      TELOS_DATABASE_URL: 'mysql://host',
      TELOS_DURABILITY: 'sometimes',
      TELOS_API_KEYS: 'sha256:0123456789abcdef,short',
      OPENAI_BASE_URL: 'nonsense',
      TELOS_WRITABLE: '.',
      TELOS_ALLOWED_HOSTS: 'http://a',
    };
    await expect(loadConfig(environment, folder)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: '7 settings are not valid.',
      details: {
        problems: [
          'TELOS_DATABASE_URL: expected sqlite:<path> or postgres://user:password@host/database',
          'TELOS_DURABILITY: expected full or normal',
          'TELOS_API_KEYS: key 1: after sha256: stand 64 hexadecimal digits in lower case',
          'TELOS_API_KEYS: key 2 has 5 characters; at least 16 are safe',
          'TELOS_WRITABLE: expected folders below this one, like out or reports/weekly, or none, found "."',
          'TELOS_ALLOWED_HOSTS: expected hosts like 127.0.0.1:8080, separated by commas, found "http://a"',
          'OPENAI_BASE_URL: expected an address like http://127.0.0.1:8080',
        ],
      },
    });
  });

  it.each([
    [{ TELOS_DATABASE_URL: 'postgres://host:port/db' }, /expected postgres:\/\/user:password@host:5432\/database/],
    [{ TELOS_RETENTION: 'long' }, /TELOS_RETENTION: expected 30d, or succeeded=7d.*`long` holds no duration/],
    [{ TELOS_RETENTION: 'running=7d' }, /no run ends as `running`/],
    [{ TELOS_RETENTION: '30d,failed=7d' }, /failed is said twice/],
    [{ TELOS_RETENTION: '30m' }, /an ended run is kept 1h at least/],
    [{ TELOS_QUEUE_URL: 'amqp://host' }, /TELOS_QUEUE_URL: expected local:, redis:\/\/host:6379/],
    [{ TELOS_QUEUE_URL: 'redis://a,b' }, /several are written redis-cluster: or redis-sentinel:/],
    [
      { TELOS_DATABSE_URL: 'sqlite:a.db' },
      /TELOS_DATABSE_URL: there is no such setting; did you mean TELOS_DATABASE_URL\?/,
    ],
  ])('refuses %j in one line', async (environment, message) => {
    await expect(loadConfig(environment, folder)).rejects.toThrow(message);
  });

  it.each([
    [
      'what Kubernetes sets beside a service `telos`',
      { TELOS_PORT: 'tcp://10.0.0.1:7420', TELOS_SERVICE_PORT: '7420' },
    ],
    ['a short name that shares only the prefix', { TELOS_STORE: 'sqlite:a.db', TELOS_LOG: 'debug' }],
  ])('takes %s for no misspelt setting', async (_what, environment) => {
    await expect(loadConfig(environment, folder)).resolves.toMatchObject({ home: join(folder, '.telos') });
  });

  it.each([
    { TELOS_API_KEYS: 'hunter2' },
    { TELOS_DATABASE_URL: 'postgres://u:hunter2#/@host/runs' },
    { TELOS_QUEUE_URL: 'redis://:hunter2@host/none' },
    { OPENAI_BASE_URL: 'https://u:hunter2@proxy.example/v1' },
    { OLLAMA_HOST: 'http://u:hunter2@gpu:11434' },
    { OLLAMA_HOST: 'u:hunter2@gpu:11434' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://hunter2@collector.example' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter2%' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'hunter2' },
    { TELOS_ALLOWED_HOSTS: 'u:hunter2@intranet.example' },
    { TELOS_CORS_ORIGINS: 'https://u:hunter2@app.example' },
  ])('refuses %j, and never repeats a key or a password', async (environment) => {
    const failure = await loadConfig(environment, folder).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
    expect(String(failure)).not.toContain('hunter2');
  });

  it('takes a variable that is set to nothing for one that is not set', async () => {
    expect(await loadConfig({ OPENAI_API_KEY: '', TELOS_HOME: ' ' }, folder)).toMatchObject({
      openai: {},
      home: join(folder, '.telos'),
    });
  });

  it('leaves secrets of workflows and settings of the tests alone', async () => {
    await expect(loadConfig({ TELOS_SECRET_HOME: 'x', TELOS_TEST_REDIS_URL: 'y' }, folder)).resolves.toBeDefined();
  });
});

describe('telos.yaml', () => {
  const write = (text: string): void => writeFileSync(join(folder, 'telos.yaml'), text);

  it('holds the same settings, and the environment wins', async () => {
    write('TELOS_DURABILITY: normal\nOLLAMA_HOST: 127.0.0.1:1\n');
    const config = await loadConfig({ OLLAMA_HOST: '127.0.0.1:2' }, folder);
    expect(config).toMatchObject({ durability: 'normal', ollama: { host: '127.0.0.1:2' } });
  });

  it('may be empty', async () => {
    write('# nothing yet\n');
    await expect(loadConfig({}, folder)).resolves.toBeDefined();
  });

  it('names the nearest known setting for one it does not know', async () => {
    write('TELOS_HOM: x\n');
    await expect(loadConfig({}, folder)).rejects.toThrow(
      'telos.yaml:1:1: unknown setting TELOS_HOM; did you mean TELOS_HOME?',
    );
  });

  it.each([
    ['\nTELOS_HOME: [a]\n', 'telos.yaml:2:1: TELOS_HOME must be text'],
    ['- a\n', 'telos.yaml:1:1: expected a map of settings, found a list'],
    ['TELOS_HOME: a\nTELOS_HOME: b\n', 'telos.yaml:2:1: the key `TELOS_HOME` stands twice'],
    ['TELOS_HOME: [\n', 'telos.yaml:2:1: '],
    ['modles: {}\n', 'telos.yaml:1:1: unknown setting modles; did you mean models?'],
    ['colour: red\n', 'unknown setting colour; beside settings there may be models, tools, evaluators'],
    ['TELOS_HOME: a\nTELOS_DURABILITY: often\n', 'telos.yaml:2:1: TELOS_DURABILITY: expected full or normal'],
  ])('says what is wrong with %j', async (text, message) => {
    write(text);
    await expect(loadConfig({}, folder)).rejects.toThrow(message);
  });

  it('is told of everything at once: settings, the environment and what it shares', async () => {
    write(
      `TELOS_DURABILITY: often
TELOS_HOM: x
models: { small: nonesuch }
tools:
  sales: { bd: { url: x } }
evaluators:
  brief: { uses: jugde }
`,
    );
    const failure: unknown = await loadConfig({ TELOS_SEARCH_URL: 'nowhere' }, folder).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'CONFIG_INVALID',
      details: {
        problems: expect.arrayContaining([
          expect.stringMatching(/^telos\.yaml:2:1: unknown setting TELOS_HOM/),
          expect.stringMatching(/^telos\.yaml:3:18: models\.small: there is no model alias `nonesuch`/),
          expect.stringMatching(/^telos\.yaml:5:12: tools\.sales\.bd: /),
          expect.stringMatching(
            /^telos\.yaml:7:18: evaluators\.brief\.uses: there is no check `jugde`; did you mean `judge`/,
          ),
          expect.stringMatching(/^telos\.yaml:1:1: TELOS_DURABILITY: expected full or normal/),
          expect.stringMatching(/^TELOS_SEARCH_URL: /),
        ]),
      },
    });
  });

  it('says what a minute allows, by provider and by model', async () => {
    write(
      'rate_limits:\n  openai: { requests_per_minute: 500, tokens_per_minute: 200k }\n  ollama/llama3.2:3b: { requests_per_minute: 5 }\n',
    );
    expect((await loadConfig({}, folder)).rateLimits).toEqual({
      openai: { requestsPerMinute: 500, tokensPerMinute: 200_000 },
      'ollama/llama3.2:3b': { requestsPerMinute: 5 },
    });
  });

  it.each([
    ['rate_limits: 5\n', 'telos.yaml:1:1: rate_limits: expected a map like { openai: '],
    [
      'rate_limits:\n  opnai/gpt-5.2: { requests_per_minute: 5 }\n',
      'telos.yaml:2:3: rate_limits["opnai/gpt-5.2"]: expected a provider (openai, ollama, offline) or a model like openai/gpt-5.2; did you mean openai/gpt-5.2?',
    ],
    ['rate_limits: { openai/: { requests_per_minute: 5 } }\n', 'telos.yaml:1:16: rate_limits["openai/"]: expected a'],
    ['rate_limits:\n  openai: {}\n', 'telos.yaml:2:3: rate_limits.openai: expected requests_per_minute or'],
    [
      'rate_limits:\n  openai: { request_per_minute: 5 }\n',
      'telos.yaml:2:13: rate_limits.openai.request_per_minute: did you mean requests_per_minute?',
    ],
    [
      'rate_limits:\n  openai: { requests_per_minute: 0 }\n',
      'telos.yaml:2:13: rate_limits.openai.requests_per_minute: expected a count above 0, like 500 or 200k',
    ],
    ['rate_limit: {}\n', 'unknown setting rate_limit; did you mean rate_limits?'],
  ])('says what is wrong with the limits %j', async (text, message) => {
    write(text);
    await expect(loadConfig({}, folder)).rejects.toThrow(message);
  });

  it('shares definitions with workflows, and they are in the configuration as they are written', async () => {
    write('models: { small: ollama/llama3.2 }\nevaluators: { brief: { uses: length, with: { max: 3 } } }\n');
    expect((await loadConfig({}, folder)).shared).toEqual({
      models: { small: 'ollama/llama3.2' },
      tools: {},
      evaluators: { brief: { uses: 'length', with: { max: 3 } } },
    });
  });
});
