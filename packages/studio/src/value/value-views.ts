/** Ways to show one value, the most telling first; the last is always the value as it is. */
import { looksLikeMarkdown } from './markdown.ts';

export type ChatMessage = { readonly role: string; readonly text: string };
export type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };

export type ValueView =
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'messages'; readonly messages: readonly ChatMessage[] }
  | ({ readonly kind: 'table' } & Table)
  /** A record whose fields each tell something of their own: an answer beside its citations. */
  | { readonly kind: 'fields'; readonly fields: readonly (readonly [string, unknown])[] }
  | { readonly kind: 'json'; readonly value: unknown };

const mostColumns = 12;

export function valueViews(value: unknown): readonly [ValueView, ...ValueView[]] {
  if (typeof value === 'string') return textViews(value);
  const json: ValueView = { kind: 'json', value };
  const messages = messagesIn(value);
  if (messages !== undefined) return [{ kind: 'messages', messages }, json];
  const table = tableIn(value);
  if (table !== undefined) return [{ kind: 'table', ...table }, json];
  const fields = fieldsIn(value);
  if (fields !== undefined) return [{ kind: 'fields', fields }, json];
  const text = textIn(value);
  return text === undefined ? [json] : [textViews(text)[0], json];
}

function textViews(text: string): readonly [ValueView, ...ValueView[]] {
  const raw: ValueView = { kind: 'text', text };
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

/** A list of records, `{ columns, rows }`, or an object whose only list is one of records. */
function tableIn(value: unknown): Table | undefined {
  if (Array.isArray(value)) return tableOf(value);
  if (!isRecord(value)) return undefined;
  const { columns, rows } = value;
  if (Array.isArray(rows) && Array.isArray(columns)) {
    const names = columns.map((column) => (isRecord(column) ? String(column['name']) : String(column)));
    if (rows.every((row) => Array.isArray(row))) return { columns: names, rows };
    return tableOf(rows, names);
  }
  const lists = Object.values(value).filter((entry) => Array.isArray(entry));
  const others = Object.values(value).filter((entry) => typeof entry === 'object' && entry !== null).length;
  const [list] = lists;
  // A table alone would hide what stands beside it; a count or a flag may be missed, a text not.
  if (Object.values(value).some(isTelling)) return undefined;
  return lists.length === 1 && others === 1 && list !== undefined ? tableOf(list) : undefined;
}

function tableOf(list: readonly unknown[], names?: readonly string[]): Table | undefined {
  if (list.length === 0 || !list.every(isRecord)) return undefined;
  const columns = names ?? [...new Set(list.slice(0, 100).flatMap((record) => Object.keys(record)))];
  if (columns.length === 0 || columns.length > mostColumns) return undefined;
  return { columns, rows: list.map((record) => columns.map((column) => record[column])) };
}

/** The fields of a record in which a text worth reading stands beside something else worth seeing. */
function fieldsIn(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (!isRecord(value)) return undefined;
  const fields = Object.entries(value);
  const worthSeeing = fields.filter(([, field]) => isTelling(field) || (typeof field === 'object' && field !== null));
  return fields.length <= mostColumns && worthSeeing.length > 1 && fields.some(([, field]) => isTelling(field))
    ? fields
    : undefined;
}

function isTelling(field: unknown): boolean {
  return typeof field === 'string' && field.length > 40;
}

/** The text of an answer: `{ text }`, `{ markdown }`, or the only text of an object when it is long. */
function textIn(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  for (const name of ['text', 'markdown', 'body']) {
    const text = value[name];
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  const [only, ...more] = Object.values(value);
  return more.length === 0 && typeof only === 'string' && only.length > 40 ? only : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
