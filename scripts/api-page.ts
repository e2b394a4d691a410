/** docs/api.md: every route of the OpenAPI document, with what it takes and gives. */
import { createApi } from '@telos/api';
import { createLocalLive, createLocalQueue, systemClock } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import { noModels } from '@telos/testkit/models';
import { z } from 'zod';

const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  format: z.string().optional(),
});
type Schema = z.output<typeof Schema>;

const Content = z.record(z.string(), z.looseObject({ schema: z.unknown().optional() }));
const Operation = z.looseObject({
  tags: z.array(z.string()),
  operationId: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: z.unknown() }))
    .default([]),
  requestBody: z.looseObject({ content: Content, required: z.boolean().optional() }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string().optional(), content: Content.optional() })),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

type Listed = z.output<typeof Operation> & { readonly method: string; readonly path: string };

/** In the order in which somebody comes to need them. */
const groups: Readonly<Record<string, string>> = {
  runs: 'Runs',
  approvals: 'Approvals',
  workflows: 'Workflows',
  experiments: 'Experiments',
  catalog: 'What workflows may name',
  artifacts: 'Artifacts',
  traces: 'Traces',
  operation: 'Operation',
};

const beginning = `# The HTTP API

Written from the OpenAPI document by \`pnpm docs:api\`; a server gives the same at \`/openapi.json\`, and shows it at \`/docs\`. For TypeScript there is [a client](client.md).

- **Keys.** A server with \`TELOS_API_KEYS\` wants \`Authorization: Bearer <key>\` of every request but those for health, documents and the studio's files ([roles](settings.md#settings)).
- **Failures** are RFC 9457 problem documents: \`code\` is one of [errors.md](errors.md), \`next\` says what to do, \`instance\` is the id of the request, which \`x-request-id\` of every answer has too.
- **Repeating.** With \`Idempotency-Key\` the same request gives the same run, however often it is sent; another request under the same key is answered 409.
- **Lists** come in pages: \`next\` of one is the \`cursor\` of the page that follows.
- **Values** of more than a megabyte are given by reference: \`{ blob, bytes }\`, to be read at \`/v1/artifacts/{blob}\`.
- **Names** are snake_case, instants ISO 8601 in UTC; a field that has no value is left out. Answers may get fields that they do not have today; a request with a field that is not known, or one that stands twice, is refused.
`;

export async function apiPage(): Promise<string> {
  const { paths, components } = Document.parse(await openApi());
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  const lines = [beginning];
  for (const [tag, title] of Object.entries(groups)) {
    const own = operations.filter(({ tags }) => tags.includes(tag));
    if (own.length > 0) lines.push(`## ${title}\n`, ...own.map(operationText));
  }
  const missing = operations.filter(({ tags }) => !tags.some((tag) => tag in groups));
  if (missing.length > 0) throw new Error(`No group for ${missing.map(({ operationId }) => operationId).join(', ')}.`);
  lines.push('## Shapes\n');
  for (const [name, schema] of Object.entries(components.schemas).toSorted(([a], [b]) => a.localeCompare(b))) {
    // A shape that is read and written alike is named twice.
    if (name.endsWith('Input') && name.slice(0, -'Input'.length) in components.schemas) continue;
    lines.push(`### ${name}\n`, shapeText(Schema.parse(schema)));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Of an API that nobody asks for anything. */
async function openApi(): Promise<unknown> {
  const store = await openSqliteStore({ path: ':memory:' });
  const queue = createLocalQueue();
  const app = await createApi({
    store,
    queue,
    live: createLocalLive(),
    clock: systemClock,
    catalog: { tools: new Map(), checks: new Map() },
    models: noModels,
    version: '0',
  });
  try {
    return (await app.inject('/openapi.json')).json();
  } finally {
    await app.close();
    await queue.close();
    await store.close();
  }
}

function operationText({
  method,
  path,
  operationId,
  summary,
  description,
  parameters,
  requestBody,
  responses,
}: Listed): string {
  const lines = [`### ${method} ${path}`, '', `${summary}. \`${operationId}\``, ''];
  if (description !== undefined) lines.push(description, '');
  const rows = parameters.map(({ name, in: place, required = false, schema }) =>
    row(`\`${name}\``, place, typeOf(Schema.parse(schema)), required ? 'yes' : ''),
  );
  const body = requestBody?.content['application/json']?.schema;
  if (body !== undefined) {
    const schema = Schema.parse(body);
    const fields = Object.entries(schema.properties ?? {});
    for (const [name, field] of fields) {
      const isNeeded = schema.required?.includes(name) === true && Schema.parse(field).default === undefined;
      rows.push(row(`\`${name}\``, 'body', typeOf(Schema.parse(field)), isNeeded ? 'yes' : ''));
    }
    if (fields.length === 0) rows.push(row('', 'body', typeOf(schema), ''));
  }
  if (rows.length > 0) lines.push('| name | in | type | needed |', '|---|---|---|---|', ...rows, '');
  const answers = Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .map(([status, { description: said = '', content = {} }]) => {
      const types = Object.entries(content).map(([media, { schema }]) =>
        media === 'application/json' && schema !== undefined ? typeOf(Schema.parse(schema)) : `\`${media}\``,
      );
      return `${status} ${types.length === 0 ? said : types.join(' or ')}`.trim();
    });
  lines.push(`Answers ${answers.join('; ')}.`, '');
  return lines.join('\n');
}

function shapeText(schema: Schema): string {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return `${typeOf(schema)}\n`;
  const rows = fields.map(
    ([name, field]) =>
      `| \`${name}\` | ${typeOf(Schema.parse(field))} | ${schema.required?.includes(name) === true ? 'always' : ''} |`,
  );
  return ['| field | type | there |', '|---|---|---|', ...rows, ''].join('\n');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A type in a few words, fit for a cell of a table. */
function typeOf(schema: Schema): string {
  const of = (inner: unknown): string => typeOf(Schema.parse(inner));
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (several !== undefined) return [...new Set(several.map(of))].join(' or ');
  if (schema.items !== undefined) return `list of ${of(schema.items)}`;
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, field]) => {
      const mark = schema.required?.includes(name) === true ? '' : '?';
      return `\`${name}${mark}\`: ${of(field)}`;
    });
    return `{ ${fields.join('; ')} }`;
  }
  if (schema.type === 'object') return 'object';
  if (schema.format === 'date-time') return 'instant';
  const { type } = schema;
  return type === undefined ? 'any JSON' : [type].flat().join(' or ');
}
