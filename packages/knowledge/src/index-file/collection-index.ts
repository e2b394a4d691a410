import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import type { ReadDocument } from '../ingest/read-document.ts';
import { indexedText } from '../search/query-terms.ts';
import { inTransaction } from './open-index.ts';

export type StoredDocument = {
  readonly id: number;
  readonly path: string;
  readonly mtimeMs: number;
  readonly size: number;
  readonly hash: string;
};

export type StoredPassage = {
  readonly id: number;
  readonly document: number;
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly headings: string;
  readonly text: string;
};

export type CollectionState = {
  readonly id: number;
  readonly name: string;
  readonly embeddingModel: string | null;
  readonly generation: number;
};

const number = z.number();
const string = z.string();
const collectionRow = z.object({ id: number, name: string, embeddingModel: string.nullable(), generation: number });
const documentRow = z.object({ id: number, path: string, mtimeMs: number, size: number, hash: string });
const passageRow = z.object({
  id: number,
  document: number,
  source: string,
  start: number,
  end: number,
  headings: string,
  text: string,
});
const hitRow = z.object({ id: number, score: number });
const codeRow = z.object({ id: number, code: z.instanceof(Uint8Array) });
const vectorRow = z.object({ id: number, vector: z.instanceof(Uint8Array) });
const summaryRow = z.object({ name: string, embeddingModel: string.nullable(), documents: number, passages: number });

/** How much a word counts in the title, in the headings, and in the text: measured by bench/cranfield.ts. */
const columnWeights = '4.0, 2.0, 1.0';

const selectCollection =
  'select id, name, embedding_model as embeddingModel, generation from collections where name = ?';

/** Everything that is read from and written to the index. Rows leave it typed; nothing else writes SQL. */
export function collectionIndex(database: DatabaseSync) {
  const rows = <T>(schema: z.ZodType<T>, sql: string, ...values: SQLInputValue[]): readonly T[] =>
    z.array(schema).parse(database.prepare(sql).all(...values));
  // Every write gives the last row id, and those of a full-text table's own pages do not fit into a number.
  const writing = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const run = (sql: string, ...values: SQLInputValue[]) => writing(sql).run(...values);
  const words = (collection: number): string => `words_${Math.trunc(collection)}`;
  const changed = (collection: number): void => {
    run('update collections set generation = generation + 1 where id = ?', collection);
  };

  const removePassages = (collection: number, document: number): void => {
    run(`delete from ${words(collection)} where rowid in (select id from passages where document = ?)`, document);
    run('delete from passages where document = ?', document);
  };

  return {
    find: (name: string): CollectionState | undefined => rows(collectionRow, selectCollection, name)[0],

    findOrCreate(name: string): CollectionState {
      return inTransaction(database, () => {
        const made = run('insert into collections (name) values (?) on conflict do nothing', name);
        if (made.changes === 1n) {
          database.exec(
            `create virtual table ${words(Number(made.lastInsertRowid))} using fts5(title, headings, text, content = '',
               contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2')`,
          );
        }
        return collectionRow.parse(database.prepare(selectCollection).get(name));
      });
    },

    names: (): readonly string[] =>
      rows(z.object({ name: string }), 'select name from collections').map(({ name }) => name),

    summaries: () =>
      rows(
        summaryRow,
        `select name, embedding_model as embeddingModel,
           (select count(*) from documents where collection = collections.id) as documents,
           (select count(*) from passages join documents on documents.id = document where collection = collections.id) as passages
         from collections order by name`,
      ),

    documents: (collection: number): readonly StoredDocument[] =>
      rows(
        documentRow,
        'select id, path, mtime_ms as mtimeMs, size, hash from documents where collection = ?',
        collection,
      ),

    touch(document: number, mtimeMs: number, size: number): void {
      run('update documents set mtime_ms = ?, size = ? where id = ?', mtimeMs, size, document);
    },

    /** Puts a document in the place of what was known under its path. */
    replace(collection: number, path: string, stamp: { mtimeMs: number; size: number }, read: ReadDocument): void {
      inTransaction(database, () => {
        const known = rows(
          z.object({ id: number }),
          'select id from documents where collection = ? and path = ?',
          collection,
          path,
        )[0];
        if (known !== undefined) {
          removePassages(collection, known.id);
          run('delete from documents where id = ?', known.id);
        }
        const document = run(
          'insert into documents (collection, path, source, mtime_ms, size, hash) values (?, ?, ?, ?, ?, ?)',
          collection,
          path,
          read.source,
          stamp.mtimeMs,
          stamp.size,
          read.hash,
        ).lastInsertRowid;
        const addPassage = writing(
          'insert into passages (document, start_at, end_at, headings, text) values (?, ?, ?, ?, ?)',
        );
        const addWords = writing(`insert into ${words(collection)} (rowid, title, headings, text) values (?, ?, ?, ?)`);
        for (const chunk of read.chunks) {
          const text = read.text.slice(chunk.start, chunk.end);
          const headings = chunk.headings.join(' > ');
          const id = addPassage.run(document, chunk.start, chunk.end, headings, text).lastInsertRowid;
          addWords.run(id, indexedText(read.title), indexedText(headings), indexedText(text));
        }
        changed(collection);
      });
    },

    remove(collection: number, document: number): void {
      inTransaction(database, () => {
        removePassages(collection, document);
        run('delete from documents where id = ?', document);
        changed(collection);
      });
    },

    /** Passages that match, best first; a score is > 0 and grows with the match. */
    match: (collection: number, expression: string, limit: number): readonly { id: number; score: number }[] =>
      rows(
        hitRow,
        `select rowid as id, -bm25(${words(collection)}, ${columnWeights}) as score from ${words(collection)}
         where ${words(collection)} match ? order by score desc, rowid limit ?`,
        expression,
        limit,
      ),

    passages: (ids: readonly number[]): readonly StoredPassage[] =>
      rows(
        passageRow,
        `select passages.id, document, source, start_at as start, end_at as "end", headings, text
         from passages join documents on documents.id = document where passages.id in (select value from json_each(?))`,
        JSON.stringify(ids),
      ),

    withoutVector: (collection: number, limit: number): readonly StoredPassage[] =>
      rows(
        passageRow,
        `select passages.id, document, source, start_at as start, end_at as "end", headings, text
         from passages join documents on documents.id = document left join vectors on vectors.passage = passages.id
         where collection = ? and vectors.passage is null order by passages.id limit ?`,
        collection,
        limit,
      ),

    /** Forgets the vectors of another model. */
    adoptModel(collection: number, model: string): void {
      inTransaction(database, () => {
        run(
          `delete from vectors where passage in
             (select passages.id from passages join documents on documents.id = document where collection = ?)`,
          collection,
        );
        run('update collections set embedding_model = ? where id = ?', model, collection);
        changed(collection);
      });
    },

    /** Vectors of passages that were removed meanwhile are dropped. */
    addVectors(collection: number, entries: readonly { id: number; code: Uint8Array; vector: Uint8Array }[]): void {
      inTransaction(database, () => {
        const add = writing(
          'insert or replace into vectors (passage, code, vector) select id, ?, ? from passages where id = ?',
        );
        for (const { id, code, vector } of entries) add.run(code, vector, id);
        changed(collection);
      });
    },

    codes: (collection: number): readonly { id: number; code: Uint8Array }[] =>
      rows(
        codeRow,
        `select vectors.passage as id, code from vectors join passages on passages.id = vectors.passage
         join documents on documents.id = document where collection = ? order by vectors.passage`,
        collection,
      ),

    vectors: (ids: readonly number[]): readonly { id: number; vector: Uint8Array }[] =>
      rows(
        vectorRow,
        'select passage as id, vector from vectors where passage in (select value from json_each(?))',
        JSON.stringify(ids),
      ),
  };
}

export type CollectionIndex = ReturnType<typeof collectionIndex>;
