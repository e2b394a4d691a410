/** Ways to show one value, the most telling first; the last is always the value as it is. */
import { looksLikeMarkdown } from './markdown.ts';

export type ChatMessage = { readonly role: string; readonly text: string };
export type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };

export type ValueView =
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | ({ readonly kind: 'media' } & Media)
  | { readonly kind: 'messages'; readonly messages: readonly ChatMessage[] }
  | ({ readonly kind: 'table' } & Table)
  | { readonly kind: 'fields'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'json'; readonly value: unknown };

/** A picture or a sound that stands in the value itself. */
export type Media = { readonly type: string; readonly base64: string };

const mostColumns = 12;
const mostFields = 20;
/** Text up to this length is read as well inside JSON as outside. */
const shortText = 120;

/** @param nested The value stands in a field of another: its own fields stay JSON. */
export function valueViews(value: unknown, nested = false): readonly [ValueView, ...ValueView[]] {
  if (typeof value === 'string') return textViews(value);
  const json: ValueView = { kind: 'json', value };
  const media = mediaIn(value);
  if (media !== undefined) return [{ kind: 'media', ...media }, json];
  const messages = messagesIn(value);
  if (messages !== undefined) return [{ kind: 'messages', messages }, json];
  const table = tableIn(value);
  if (table !== undefined) return [{ kind: 'table', ...table }, json];
  return !nested && isRecord(value) && hasTellingField(value) ? [{ kind: 'fields', value }, json] : [json];
}

/** What is read at a glance, and needs no frame around it. */
export function isShort(value: unknown): boolean {
  if (typeof value !== 'string') return typeof value !== 'object' || value === null;
  return value !== '' && value.length <= shortText && !value.includes('\n') && valueViews(value).length === 1;
}

/** Some field says more when it is shown by itself: a long text, a table. */
function hasTellingField(record: Readonly<Record<string, unknown>>): boolean {
  const fields = Object.values(record);
  return (
    fields.length <= mostFields &&
    fields.some((field) => !isShort(field) && field !== '' && valueViews(field, true)[0].kind !== 'json')
  );
}

function textViews(text: string): readonly [ValueView, ...ValueView[]] {
  const raw: ValueView = { kind: 'text', text };
  const media = /^data:([a-z]+\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+=*)$/.exec(text);
  if (media !== null && isMedia(media[1])) return [{ kind: 'media', type: media[1], base64: media[2] ?? '' }, raw];
  const structure = structureIn(text);
  if (structure !== undefined) return [{ kind: 'json', value: structure }, raw];
  return looksLikeMarkdown(text) ? [{ kind: 'markdown', text }, raw] : [raw];
}

/** The object or list that a text spells out. */
function structureIn(text: string): unknown {
  if (!/^\s*[{[]/.test(text) || text.length > 1_000_000) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `{ base64, media_type }`, as tools give the bytes of a file. */
function mediaIn(value: unknown): Media | undefined {
  if (!isRecord(value)) return undefined;
  const { base64, media_type: type } = value;
  return typeof base64 === 'string' && isMedia(type) ? { type, base64 } : undefined;
}

function isMedia(type: unknown): type is string {
  return typeof type === 'string' && /^(image|audio)\/[a-z0-9.+-]+$/.test(type);
}

/** What a model was told: `[{ role, text }]`, or an object that holds such a list as `messages`. */
function messagesIn(value: unknown): readonly ChatMessage[] | undefined {
  const list = isRecord(value) ? value['messages'] : value;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const messages: ChatMessage[] = [];
  for (const entry of list) {
    if (!isRecord(entry) || typeof entry['role'] !== 'string') return undefined;
    const said = entry['text'] ?? entry['content'];
    messages.push({
      role: entry['role'],
      text: typeof said === 'string' ? said : JSON.stringify(said ?? entry, null, 2),
    });
  }
  return messages;
}

/** A list of records, or `{ columns, rows }`. */
function tableIn(value: unknown): Table | undefined {
  if (Array.isArray(value)) return tableOf(value);
  if (!isRecord(value)) return undefined;
  const { columns, rows } = value;
  if (!Array.isArray(rows) || !Array.isArray(columns)) return undefined;
  const names = columns.map((column) => (isRecord(column) ? String(column['name']) : String(column)));
  return rows.length > 0 && rows.every((row) => Array.isArray(row)) ? { columns: names, rows } : tableOf(rows, names);
}

function tableOf(list: readonly unknown[], names?: readonly string[]): Table | undefined {
  if (list.length === 0 || !list.every(isRecord)) return undefined;
  const columns = names ?? [...new Set(list.slice(0, 100).flatMap((record) => Object.keys(record)))];
  if (columns.length === 0 || columns.length > mostColumns) return undefined;
  return { columns, rows: list.map((record) => columns.map((column) => record[column])) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
