import { mkdir, mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock, Models } from '@telos/core';
import { noModels } from '@telos/testkit/models';
import { createKnowledge } from './knowledge.ts';
import type { Knowledge, SearchReport } from './knowledge.ts';

const clock: Clock = { now: () => 1_000, sleep: async () => {} };
const { signal } = new AbortController();

/** A model that really embeds: each word adds to a dimension chosen by its hash; words of one group share a dimension. */
function hashModels(name: string | (() => string | undefined), groups: readonly (readonly string[])[] = []) {
  const calls: number[] = [];
  const dimension = (word: string): number => {
    const meant = groups.find((group) => group.includes(word))?.[0] ?? word;
    let hash = 2166136261;
    for (const letter of meant) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619) >>> 0;
    return hash % 256;
  };
  const models: Models = {
    ...noModels,
    embed: async (texts, stop) => {
      stop.throwIfAborted();
      const model = typeof name === 'string' ? name : name();
      if (model === undefined) return undefined;
      calls.push(texts.length);
      const vectors = texts.map((text) => {
        const vector = new Float32Array(256).fill(-0.01);
        for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
          const at = dimension(word);
          vector[at] = (vector[at] ?? 0) + 1;
        }
        return vector;
      });
      return { model, vectors };
    },
  };
  return { models, calls };
}

const noVectors = hashModels(() => undefined).models;

let workspace = '';
let knowledge: Knowledge;
const open: Knowledge[] = [];

function start(models: Models = noVectors, file = ':memory:'): Knowledge {
  knowledge = createKnowledge({ path: file, workspace, models, clock });
  open.push(knowledge);
  return knowledge;
}

async function write(name: string, content: string | Uint8Array): Promise<void> {
  const file = path.join(workspace, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

const sources = ({ passages }: SearchReport): readonly string[] => passages.map(({ source }) => source);

beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'knowledge-'));
  start();
});

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  await rm(workspace, { recursive: true });
});

describe('searching a folder', () => {
  beforeEach(async () => {
    await write(
      'docs/refunds.md',
      '# Refunds\n\nGoods may be returned within thirty days.\n\n## Cost\n\nReturning is free.\n',
    );
    await write('docs/shipping.txt', 'Parcels leave the warehouse every morning.');
    await write('docs/deep/warranty.md', 'The warranty lasts two years and covers the motor.');
  });

  it('finds the passage that answers, with its source, exact place and heading', async () => {
    const { passages } = await knowledge.search({ folder: 'docs', query: 'When can I return goods?', signal });
    expect(passages[0]).toEqual({
      text: '# Refunds\n\nGoods may be returned within thirty days.',
      source: 'docs/refunds.md',
      start: 0,
      end: 52,
      score: 1,
      heading: 'Refunds',
    });
  });

  it('finds other forms of a word', async () => {
    const report = await knowledge.search({ folder: 'docs', query: 'covering motors', signal });
    expect(sources(report)[0]).toBe('docs/deep/warranty.md');
  });

  it('finds words of the heading and of the file name', async () => {
    const byHeading = await knowledge.search({ folder: 'docs', query: 'cost', signal });
    expect(byHeading.passages[0]?.heading).toBe('Refunds > Cost');
    const byName = await knowledge.search({ folder: 'docs', query: 'shipping', signal });
    expect(sources(byName)).toEqual(['docs/shipping.txt']);
  });

  it('gives at most `limit` passages, and none when no word occurs', async () => {
    const one = await knowledge.search({ folder: 'docs', query: 'the', limit: 1, signal });
    expect(one.passages).toHaveLength(1);
    const none = await knowledge.search({ folder: 'docs', query: 'xylophone', signal });
    expect(none.passages).toEqual([]);
  });

  it('reads each file once: a second search leaves all as it is', async () => {
    const first = await knowledge.search({ folder: 'docs', query: 'goods', signal });
    const second = await knowledge.search({ folder: 'docs', query: 'goods', signal });
    expect(first.intake).toMatchObject({ documents: 3, unchanged: 0 });
    expect(second.intake).toMatchObject({ documents: 0, unchanged: 3 });
    expect(second.passages).toEqual(first.passages);
  });

  it('searches a folder, a folder below it, and one file each for themselves', async () => {
    expect(sources(await knowledge.search({ folder: '.', query: 'warranty goods', signal }))).toHaveLength(2);
    expect(sources(await knowledge.search({ folder: 'docs/deep', query: 'warranty goods', signal }))).toEqual([
      'docs/deep/warranty.md',
    ]);
    expect(sources(await knowledge.search({ folder: 'docs/refunds.md', query: 'warranty goods', signal }))).toEqual([
      'docs/refunds.md',
    ]);
  });

  it('gives nothing for an empty folder', async () => {
    await mkdir(path.join(workspace, 'empty'));
    expect((await knowledge.search({ folder: 'empty', query: 'goods', signal })).passages).toEqual([]);
  });

  it('answers many searches at once as it answers one', async () => {
    const alone = await knowledge.search({ folder: 'docs', query: 'goods', signal });
    const fresh = start();
    const together = await Promise.all(
      Array.from({ length: 8 }, () => fresh.search({ folder: 'docs', query: 'goods', signal })),
    );
    for (const { passages } of together) expect(passages).toEqual(alone.passages);
    expect(together.filter(({ intake }) => intake?.documents === 3)).toHaveLength(1);
  });

  it.each(['', '  ', '"*()'])('refuses the query %j, which holds no word', async (query) => {
    await expect(knowledge.search({ folder: 'docs', query, signal })).rejects.toMatchObject({
      code: 'KNOWLEDGE_QUERY_EMPTY',
    });
  });

  it.each([
    'goods"',
    'goods*',
    'NEAR(goods days, 2)',
    'goods AND NOT',
    'text: goods',
    '^goods',
    'goods -days',
    '{title} : goods',
    "goods'; drop table passages; --",
    'g\u0000oods',
    'goods \uD800',
    'ГОДС товар',
    '😀 goods',
    '%_goods',
    'OR goods OR',
  ])('takes the query %j for words, never for operators', async (query) => {
    const { passages } = await knowledge.search({ folder: 'docs', query, signal });
    if (/\bgoods\b/.test(query)) expect(passages[0]?.source).toBe('docs/refunds.md');
  });

  it('never throws on any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (noise) => {
        const { passages } = await knowledge.search({ folder: 'docs', query: `goods ${noise}`, signal });
        expect(passages.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe('offsets', () => {
  it('cut each passage out of its file exactly, whatever stands in the file', async () => {
    const piece = fc.constantFrom(
      '# Head',
      '\n',
      '\r\n\r\n',
      'needle ',
      '. ',
      'Ünï😀 ',
      '\uFEFF',
      '漢字。',
      '- item ',
      '\t',
      'x'.repeat(400),
    );
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 60 }),
        fc.constantFrom('md', 'txt', 'csv', 'ts'),
        async (pieces, extension) => {
          number += 1;
          const folder = `case${number}`;
          await write(`${folder}/file.${extension}`, pieces.join(''));
          const content = await readFile(path.join(workspace, folder, `file.${extension}`), 'utf8');
          const { passages } = await knowledge.search({ folder, query: 'needle head item 漢字', limit: 200, signal });
          for (const { text, start, end } of passages) expect(text).toBe(content.slice(start, end));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('count in the extracted text of an HTML page, and the source says so', async () => {
    await write('page.html', '<html><body><h1>Rules</h1><p>No &lt;smoking&gt; here.</p></body></html>');
    const { passages } = await knowledge.search({ folder: 'page.html', query: 'smoking', signal });
    expect(passages[0]).toMatchObject({
      source: 'page.html#extracted-text',
      text: '# Rules\n\nNo <smoking> here.',
      start: 0,
    });
  });
});

describe('bringing a collection up to date', () => {
  const ingest = (...paths: string[]) => knowledge.ingest('notes', paths, signal);
  const found = async (query: string) => sources(await knowledge.search({ collection: 'notes', query, signal }));

  it('takes in what is new, replaces what changed, forgets what is gone', async () => {
    await write('a.md', 'apples');
    await write('b.md', 'bananas');
    expect(await ingest('.')).toMatchObject({ documents: 2, chunks: 2, unchanged: 0, removed: 0 });
    await write('a.md', 'apricots now');
    await rm(path.join(workspace, 'b.md'));
    await write('c.md', 'cherries');
    expect(await ingest('.')).toMatchObject({ documents: 2, unchanged: 0, removed: 1 });
    expect(await found('apples bananas')).toEqual([]);
    expect(await found('apricots cherries')).toHaveLength(2);
  });

  it('takes in files that change again and again, among many', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `${index}.md`);
    const page = (name: string, edition: number): string =>
      Array.from(
        { length: 30 },
        (_, line) => `# Part ${line}\n\nEdition ${edition} of ${name}, sentence ${line}.`,
      ).join('\n\n');
    for (const name of names) await write(name, page(name, 0));
    await ingest('.');
    for (let edition = 1; edition <= 12; edition++) {
      for (const name of names) await write(name, page(name, edition));
      expect(await ingest('.')).toMatchObject({ documents: names.length, unchanged: 0, removed: 0 });
    }
  });

  it('does not cut a file again whose time changed but not its content', async () => {
    await write('a.md', 'apples');
    await ingest('.');
    await utimes(path.join(workspace, 'a.md'), 1, 1);
    expect(await ingest('.')).toMatchObject({ documents: 0, unchanged: 1 });
  });

  it('follows a file that moved', async () => {
    await write('a.md', 'apples');
    await ingest('.');
    await rename(path.join(workspace, 'a.md'), path.join(workspace, 'z.md'));
    await ingest('.');
    expect(await found('apples')).toEqual(['z.md']);
  });

  it('leaves documents of other folders in the collection alone', async () => {
    await write('one/a.md', 'apples');
    await write('two/b.md', 'bananas');
    await ingest('one');
    await ingest('two');
    expect(await found('apples bananas')).toHaveLength(2);
    expect(await knowledge.collections()).toEqual([{ name: 'notes', documents: 2, passages: 2 }]);
  });

  it('is kept in its file for the next process', async () => {
    const file = path.join(workspace, '.telos', 'knowledge.db');
    await write('a.md', 'apples');
    start(noVectors, file);
    await ingest('a.md');
    await knowledge.close();
    start(noVectors, file);
    expect(await found('apples')).toEqual(['a.md']);
    expect(await ingest('a.md')).toMatchObject({ documents: 0, unchanged: 1 });
  });

  it('skips what is not text, hidden, fetched or too large, and says why', async () => {
    await write('a.md', 'apples');
    await write('.env', 'SECRET=apples');
    await write('.git/config', 'apples');
    await write('node_modules/x/readme.md', 'apples');
    await write('image.png', Uint8Array.of(137, 80, 78, 71, 0, 1));
    await write('latin.txt', Uint8Array.of(0x61, 0xe9, 0x62));
    await write('huge.txt', 'apples '.repeat(700_000));
    const { skipped, documents } = await ingest('.');
    expect(documents).toBe(1);
    expect(Object.fromEntries(skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      '.env': 'its name begins with a dot',
      '.git': 'its name begins with a dot',
      node_modules: 'folders of this name hold made or fetched files',
      'image.png': 'it is not text',
      'latin.txt': 'it is not UTF-8 text',
      'huge.txt': 'it is too large: 4.7 MiB of at most 4',
    });
  });

  it('forgets a document whose file is no longer text', async () => {
    await write('a.md', 'apples');
    await ingest('.');
    await write('a.md', Uint8Array.of(0, 1, 2));
    expect(await ingest('.')).toMatchObject({ removed: 1, skipped: [{ path: 'a.md', reason: 'it is not text' }] });
    expect(await found('apples')).toEqual([]);
  });

  it('reports progress file by file', async () => {
    await write('a.md', 'apples');
    await write('b.md', 'bananas');
    const seen: string[] = [];
    await knowledge.ingest('notes', ['.'], signal, ({ done, total, path }) => seen.push(`${done}/${total} ${path}`));
    expect(seen).toEqual(['1/2 a.md', '2/2 b.md']);
  });

  it('stops when it is aborted and goes on where it stopped', async () => {
    for (const name of ['a', 'b', 'c']) await write(`${name}.md`, `${name} apples`);
    const abort = new AbortController();
    const stopped = knowledge.ingest(
      'notes',
      ['.'],
      abort.signal,
      ({ done }) => done === 1 && abort.abort(new Error('stop')),
    );
    await expect(stopped).rejects.toThrow('stop');
    expect(await ingest('.')).toMatchObject({ documents: 2, unchanged: 1 });
  });

  it('names the columns of a table with each of its passages', async () => {
    await write(
      'prices.csv',
      `product,price\n${Array.from({ length: 200 }, (_, row) => `item${row},${row}`).join('\n')}`,
    );
    await ingest('prices.csv');
    const { passages } = await knowledge.search({ collection: 'notes', query: 'item150', signal });
    expect(passages[0]?.heading).toBe('product,price');
  });

  it.each(['', 'folder:x', '../x', 'a b', 'x'.repeat(65)])('refuses the collection name %j', async (name) => {
    await expect(knowledge.ingest(name, [], signal)).rejects.toMatchObject({ code: 'KNOWLEDGE_NAME_INVALID' });
  });

  it('names the collections there are when one is missing', async () => {
    await ingest();
    await expect(knowledge.search({ collection: 'note', query: 'x', signal })).rejects.toMatchObject({
      code: 'KNOWLEDGE_COLLECTION_MISSING',
      message: 'There is no collection "note". There are: notes.',
    });
  });
});

describe('the workspace', () => {
  it('is not left by a path', async () => {
    for (const folder of ['..', '../..', '/etc', 'docs/../../x', 'a\0b']) {
      await expect(knowledge.search({ folder, query: 'x', signal })).rejects.toMatchObject({
        code: 'KNOWLEDGE_OUTSIDE_WORKSPACE',
      });
    }
  });

  it('is not left by a link that is named', async () => {
    await symlink('/etc', path.join(workspace, 'out'));
    await expect(knowledge.search({ folder: 'out', query: 'x', signal })).rejects.toMatchObject({
      code: 'KNOWLEDGE_OUTSIDE_WORKSPACE',
    });
  });

  it('is not left by a link inside a folder; one that stays is followed, a circle once', async () => {
    await write('docs/a.md', 'apples');
    await write('other/b.md', 'bananas');
    await symlink('/etc/hostname', path.join(workspace, 'docs/out.txt'));
    await symlink('../other', path.join(workspace, 'docs/other'));
    await symlink('..', path.join(workspace, 'other/circle'));
    await symlink('nowhere', path.join(workspace, 'docs/broken'));
    const { documents, skipped } = await knowledge.ingest('notes', ['docs'], signal);
    expect(documents).toBe(2);
    expect(skipped).toContainEqual({ path: 'docs/out.txt', reason: 'it is a link out of the workspace' });
    expect(skipped).toContainEqual({ path: 'docs/broken', reason: 'it is a link that leads nowhere' });
  });

  it('names what stands near a path that is missing', async () => {
    await write('documents/a.md', 'apples');
    await expect(knowledge.search({ folder: 'document', query: 'x', signal })).rejects.toMatchObject({
      code: 'KNOWLEDGE_FOLDER_MISSING',
      message: 'There is no "document" in the workspace. Near it: "documents".',
    });
  });
});

describe('vectors', () => {
  const groups = [['car', 'automobile', 'vehicle']];

  beforeEach(async () => {
    await write('docs/one.md', 'The automobile stands in the yard.');
    await write('docs/two.md', 'The parrot sings at dawn.');
  });

  it('find what no word of the question names', async () => {
    start(hashModels('test/hash', groups).models);
    const report = await knowledge.search({ folder: 'docs', query: 'vehicle', signal });
    expect(sources(report)[0]).toBe('docs/one.md');
    expect(report.embeddingModel).toBe('test/hash');
  });

  it('are made once for each passage', async () => {
    const { models, calls } = hashModels('test/hash');
    start(models);
    expect(await knowledge.ingest('notes', ['docs'], signal)).toMatchObject({
      embedded: 2,
      embeddingModel: 'test/hash',
    });
    expect(await knowledge.ingest('notes', ['docs'], signal)).toMatchObject({
      embedded: 0,
      embeddingModel: 'test/hash',
    });
    await knowledge.search({ collection: 'notes', query: 'parrot', signal });
    expect(calls).toEqual([2, 1]);
    expect(await knowledge.collections()).toEqual([
      { name: 'notes', documents: 2, passages: 2, embeddingModel: 'test/hash' },
    ]);
  });

  it('are made anew when the model changes, and the new one is recorded', async () => {
    let model = 'test/old';
    const { models, calls } = hashModels(() => model, groups);
    start(models);
    await knowledge.ingest('notes', ['docs'], signal);
    model = 'test/new';
    const report = await knowledge.search({ collection: 'notes', query: 'vehicle', signal });
    expect(sources(report)[0]).toBe('docs/one.md');
    expect(calls).toEqual([2, 1, 2]);
    expect((await knowledge.collections())[0]?.embeddingModel).toBe('test/new');
  });

  it('join a collection when a model comes within reach, and are done without when it goes', async () => {
    let model: string | undefined;
    start(hashModels(() => model, groups).models);
    await knowledge.ingest('notes', ['docs'], signal);
    expect((await knowledge.search({ collection: 'notes', query: 'vehicle', signal })).passages).toEqual([]);
    model = 'test/hash';
    expect(sources(await knowledge.search({ collection: 'notes', query: 'vehicle', signal }))[0]).toBe('docs/one.md');
    model = undefined;
    expect((await knowledge.search({ collection: 'notes', query: 'vehicle', signal })).passages).toEqual([]);
  });

  it('never stand in the way: a failing model leaves the words, and the reason is told', async () => {
    const failing = { ...noVectors, embed: () => Promise.reject(new Error('connection refused')) };
    start(failing);
    const report = await knowledge.search({ folder: 'docs', query: 'parrot', signal });
    expect(sources(report)).toEqual(['docs/two.md']);
    expect(report.embeddingProblem).toBe('connection refused');
    expect(await knowledge.ingest('notes', ['docs'], signal)).toMatchObject({
      documents: 2,
      embeddingProblem: 'connection refused',
    });
  });

  it('of the wrong number or without direction are refused as a problem', async () => {
    const wrong = { ...noVectors, embed: async () => ({ model: 'test/zero', vectors: [new Float32Array(4)] }) };
    start(wrong);
    const report = await knowledge.search({ folder: 'docs', query: 'parrot', signal });
    expect(sources(report)).toEqual(['docs/two.md']);
    expect(report.embeddingProblem).toContain('test/zero');
  });

  it('stop being made when the search is aborted', async () => {
    const abort = new AbortController();
    start({
      ...noVectors,
      embed: async () => {
        abort.abort(new Error('stop'));
        throw new Error('socket closed');
      },
    });
    await expect(knowledge.search({ folder: 'docs', query: 'parrot', signal: abort.signal })).rejects.toThrow('stop');
  });
});

describe('the index file', () => {
  it('that is no database is refused and left as it is', async () => {
    await write('knowledge.db', 'this is not a database, but it is long enough to be read as one'.repeat(20));
    const before = await readFile(path.join(workspace, 'knowledge.db'));
    start(noVectors, path.join(workspace, 'knowledge.db'));
    await expect(knowledge.collections()).rejects.toMatchObject({ code: 'KNOWLEDGE_INDEX_DAMAGED' });
    expect(await readFile(path.join(workspace, 'knowledge.db'))).toEqual(before);
  });

  it('cannot be used once it is closed', async () => {
    await knowledge.close();
    await expect(knowledge.collections()).rejects.toMatchObject({ code: 'KNOWLEDGE_INDEX_BUSY' });
  });

  it('serves two processes that ingest the same folder', async () => {
    const file = path.join(workspace, '.telos', 'knowledge.db');
    for (const name of ['a', 'b', 'c', 'd']) await write(`docs/${name}.md`, `${name} apples`);
    const [one, two] = [start(noVectors, file), start(noVectors, file)];
    await Promise.all([one.ingest('notes', ['docs'], signal), two.ingest('notes', ['docs'], signal)]);
    expect(await one.collections()).toEqual([{ name: 'notes', documents: 4, passages: 4 }]);
    expect((await two.search({ collection: 'notes', query: 'apples', signal })).passages).toHaveLength(4);
  });
});
